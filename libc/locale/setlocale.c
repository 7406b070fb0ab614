/* setlocale: which of the two locales holds for each category. */
/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "locales.h"

static const char *const variables[LOCALE_CATEGORIES] = {
    "LC_CTYPE", "LC_NUMERIC", "LC_TIME", "LC_COLLATE", "LC_MONETARY", "LC_MESSAGES",
};

struct locale_kind locale_global;

/* 1 for C.UTF-8, 0 for C, -1 for a name of `length` bytes that is neither. */
static int kind_of(const char *name, size_t length)
{
    static const struct {
        const char *name;
        int utf8;
    } names[] = {{"C", 0}, {"POSIX", 0}, {"C.UTF-8", 1}, {"C.utf8", 1}};

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        if (strlen(names[i].name) == length && memcmp(names[i].name, name, length) == 0)
            return names[i].utf8;
    return -1;
}

/* What the environment says of a category: the first variable that is set and not empty. */
static const char *from_environment(int category)
{
    const char *const order[] = {"LC_ALL", variables[category], "LANG"};

    for (int i = 0; i < 3; i++) {
        const char *value = getenv(order[i]);

        if (value && *value)
            return value;
    }
    return "C";
}

/* The part of "LC_CTYPE=C.UTF-8;LC_NUMERIC=C..." that is for one category; NULL if there is none.
 */
static const char *part_of(const char *name, int category)
{
    size_t length = strlen(variables[category]);

    for (const char *at = name; at; at = strchr(at, ';')) {
        at += *at == ';';
        if (strncmp(at, variables[category], length) == 0 && at[length] == '=')
            return at + length + 1;
    }
    return NULL;
}

bool locale_set(struct locale_kind *locale, int mask, const char *name)
{
    struct locale_kind next = *locale;

    for (int category = 0; category < LOCALE_CATEGORIES; category++) {
        if (!(mask & 1 << category))
            continue;
        const char *own = !*name              ? from_environment(category)
                          : strchr(name, '=') ? part_of(name, category)
                                              : name;
        int utf8 = own ? kind_of(own, strcspn(own, ";")) : -1;
        if (utf8 < 0)
            return false;
        next.utf8 = (unsigned char)((next.utf8 & ~(1 << category)) | utf8 << category);
    }
    *locale = next;
    return true;
}

static const char *kind_name(int category)
{
    return locale_global.utf8 >> category & 1 ? "C.UTF-8" : "C";
}

/* One name if all categories agree; otherwise each with its own. */
static char *name_of_all(void)
{
    static char names[LOCALE_CATEGORIES * sizeof("LC_MONETARY=C.UTF-8;")];
    char *at = names;

    if (locale_global.utf8 == 0 || locale_global.utf8 == LC_ALL_MASK)
        return (char *)kind_name(0);
    for (int category = 0; category < LOCALE_CATEGORIES; category++) {
        const char *const parts[] = {variables[category], "=", kind_name(category), ";"};

        for (int i = 0; i < 4; i++)
            at = stpcpy(at, parts[i]);
    }
    at[-1] = '\0';
    return names;
}

char *setlocale(int category, const char *name)
{
    if (category < 0 || category > LC_ALL)
        return NULL;
    int mask = category == LC_ALL ? LC_ALL_MASK : 1 << category;
    if (name && !locale_set(&locale_global, mask, name))
        return NULL;
    return category == LC_ALL ? name_of_all() : (char *)kind_name(category);
}
