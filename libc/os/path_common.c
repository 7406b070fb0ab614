/* What several paths have in common: os.path.commonprefix, os.path.commonpath. */
/* SPDX-License-Identifier: MIT */
#include <string.h>
#include "os_internal.h"

char *os_path_commonprefix(const char *const list[])
{
    if (!list[0])
        return strdup("");
    size_t length = strlen(list[0]);
    for (size_t i = 1; list[i]; i++) {
        size_t same = 0;

        while (same < length && list[i][same] == list[0][same])
            same++;
        length = same;
    }
    return strndup(list[0], length);
}

/* The next part of a path that is not ".", or NULL. */
static const char *next_part(const char *at, size_t *length)
{
    do {
        at += strspn(at, "/");
        *length = strcspn(at, "/");
    } while (*length == 1 && *at == '.' && at++);
    return *length ? at : NULL;
}

/* How many parts two paths have in common at their start; at most `most`. */
static size_t common_parts(const char *a, const char *b, size_t most)
{
    size_t n = 0, x, y;

    while (n < most && (a = next_part(a, &x)) && (b = next_part(b, &y)) && x == y &&
           memcmp(a, b, x) == 0) {
        a += x;
        b += y;
        n++;
    }
    return n;
}

char *os_path_commonpath(const char *const paths[])
{
    size_t n = SIZE_MAX, length;

    if (!paths[0])
        return fail_null(EINVAL);
    for (size_t i = 0; paths[i]; i++) {
        if ((paths[i][0] == '/') != (paths[0][0] == '/'))
            return fail_null(EINVAL);
        n = common_parts(paths[0], paths[i], n);
    }
    char *result = malloc(strlen(paths[0]) + 2), *end = result;
    if (!result)
        return NULL;
    if (paths[0][0] == '/')
        *end++ = '/';
    for (const char *at = paths[0]; n > 0; n--, at += length) {
        at = next_part(at, &length);
        end = mempcpy(end, at, length);
        if (n > 1)
            *end++ = '/';
    }
    *end = '\0';
    return result;
}
