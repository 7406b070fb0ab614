/* scandir: a sorted list of the entries that a filter accepts. */
/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "dir.h"
#include "syscall.h"

int alphasort(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

static int append(struct dirent ***list, size_t n, const struct dirent *entry)
{
    if ((n & (n - 1)) == 0) {
        void *grown = reallocarray(*list, n ? n * 2 : 1, sizeof(**list));

        if (!grown)
            return -1;
        *list = grown;
    }
    struct dirent *copy = malloc(entry->d_reclen);
    if (!copy)
        return -1;
    memcpy(copy, entry, entry->d_reclen);
    (*list)[n] = copy;
    return 0;
}

int scandir(const char *path, struct dirent ***list, int (*wanted)(const struct dirent *),
            int (*compare)(const struct dirent **, const struct dirent **))
{
    DIR *dir = opendir(path);
    struct dirent *entry;
    size_t n = 0;

    if (!dir)
        return -1;
    *list = NULL;
    while ((entry = readdir(dir))) {
        if (wanted && !wanted(entry))
            continue;
        if (append(list, n, entry) < 0) {
            while (n > 0)
                free((*list)[--n]);
            free(*list);
            closedir(dir);
            return fail(ENOMEM);
        }
        n++;
    }
    closedir(dir);
    if (compare && n)
        qsort(*list, n, sizeof(**list), (int (*)(const void *, const void *))(void *)compare);
    return (int)n;
}
