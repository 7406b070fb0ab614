/* os.path.abspath, os.path.relpath. */
/* SPDX-License-Identifier: MIT */
#include <string.h>
#include "os_internal.h"

char *os_path_abspath(const char *path)
{
    if (*path == '/')
        return os_path_normpath(path);
    char *cwd = os_getcwd();
    char *joined = cwd ? os_path_join(cwd, path) : NULL;
    char *result = joined ? os_path_normpath(joined) : NULL;
    free(joined);
    free(cwd);
    return result;
}

/* The next part of an absolute path, or NULL. */
static const char *next_part(const char *at, size_t *length)
{
    at += strspn(at, "/");
    *length = strcspn(at, "/");
    return *length ? at : NULL;
}

static size_t count_parts(const char *path)
{
    size_t n = 0, length;

    for (; (path = next_part(path, &length)); path += length)
        n++;
    return n;
}

/* Both paths are absolute and normalized. The parts that they have in common are left out, and each
 * part that start has more becomes "..". */
static char *way(const char *path, const char *start)
{
    size_t a, b;
    const char *x, *y;

    while ((x = next_part(path, &a)) && (y = next_part(start, &b)) && a == b &&
           memcmp(x, y, a) == 0) {
        path = x + a;
        start = y + b;
    }
    path += strspn(path, "/");
    size_t ups = count_parts(start);
    char *result = malloc(3 * ups + strlen(path) + 2), *end = result;
    if (!result)
        return NULL;
    for (; ups > 0; ups--)
        end = stpcpy(end, ups > 1 || *path ? "../" : "..");
    end = stpcpy(end, path);
    if (end == result)
        strcpy(end, ".");
    return result;
}

char *os_path_relpath(const char *path, const char *start)
{
    if (!*path)
        return fail_null(EINVAL);
    char *to = os_path_abspath(path);
    char *from = to ? os_path_abspath(start ? start : ".") : NULL;
    char *result = from ? way(to, from) : NULL;
    free(to);
    free(from);
    return result;
}
