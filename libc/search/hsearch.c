/* hsearch: a hash table with open addressing: an entry is at the first free place after its own. */
/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <limits.h>
#include <search.h>
#include <stdlib.h>
#include <string.h>
#include "syscall.h"

static struct hsearch_data common;

/* FNV-1a */
static unsigned int hash(const char *key)
{
    unsigned int h = 2166136261u;

    for (; *key; key++)
        h = (h ^ (unsigned char)*key) * 16777619u;
    return h;
}

/* Twice the places that are needed keep the searches short. */
int hcreate_r(size_t n, struct hsearch_data *table)
{
    if (table->table)
        return 0;
    if (n > UINT_MAX / 4) {
        fail(ENOMEM);
        return 0;
    }
    table->size = (unsigned int)(n < 4 ? 8 : n * 2);
    table->filled = 0;
    table->table = calloc(table->size, sizeof(*table->table));
    return table->table != NULL;
}

void hdestroy_r(struct hsearch_data *table)
{
    free(table->table);
    *table = (struct hsearch_data){0};
}

int hsearch_r(ENTRY item, ACTION action, ENTRY **found, struct hsearch_data *table)
{
    unsigned int at = table->size ? hash(item.key) % table->size : 0;

    *found = NULL;
    for (; table->size && table->table[at].key; at = (at + 1) % table->size)
        if (strcmp(table->table[at].key, item.key) == 0) {
            *found = &table->table[at];
            return 1;
        }
    if (action == FIND || table->size == 0) {
        fail(ESRCH);
        return 0;
    }
    if (table->filled >= table->size / 2) {
        fail(ENOMEM);
        return 0;
    }
    table->filled++;
    table->table[at] = item;
    *found = &table->table[at];
    return 1;
}

int hcreate(size_t n)
{
    return hcreate_r(n, &common);
}

void hdestroy(void)
{
    hdestroy_r(&common);
}

ENTRY *hsearch(ENTRY item, ACTION action)
{
    ENTRY *found;

    return hsearch_r(item, action, &found, &common) ? found : NULL;
}
