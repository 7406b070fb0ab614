/* basename and dirname as in POSIX: both may write to the path. */
/* SPDX-License-Identifier: MIT */
#include <libgen.h>
#include <string.h>

/* Cuts trailing slashes, but keeps a slash that is the whole path. */
static void cut_slashes(char *path, size_t length)
{
    while (length > 1 && path[length - 1] == '/')
        path[--length] = '\0';
}

char *basename(char *path)
{
    if (!path || !*path)
        return ".";
    cut_slashes(path, strlen(path));
    char *slash = strrchr(path, '/');
    return slash && slash[1] ? slash + 1 : path;
}

char *dirname(char *path)
{
    if (!path || !*path)
        return ".";
    cut_slashes(path, strlen(path));
    char *slash = strrchr(path, '/');
    if (!slash)
        return ".";
    if (slash == path) {
        path[1] = '\0';
        return path;
    }
    *slash = '\0';
    cut_slashes(path, (size_t)(slash - path));
    return path;
}
