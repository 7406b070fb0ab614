/* os.path.join, and os.path.normcase, which does nothing on Unix. */
/* SPDX-License-Identifier: MIT */
#include <string.h>
#include "os_internal.h"

char *os_path_joinv(const char *const parts[])
{
    size_t first = 0, size = 1, n = 0;

    for (; parts[n]; n++) {
        if (parts[n][0] == '/')
            first = n; /* after an absolute part, those before it do not count */
        size += strlen(parts[n]) + 1;
    }
    char *path = malloc(size), *end = path;
    if (!path)
        return NULL;
    for (size_t i = first; i < n; i++) {
        if (end > path && end[-1] != '/')
            *end++ = '/';
        end = stpcpy(end, parts[i]);
    }
    *end = '\0';
    return path;
}

char *os_path_join(const char *path, const char *more)
{
    const char *const parts[] = {path, more, NULL};

    return os_path_joinv(parts);
}

char *os_path_normcase(const char *path)
{
    return strdup(path);
}
