/* os.path.normpath: looks only at the text, not at the files. */
/* SPDX-License-Identifier: MIT */
#include <string.h>
#include "os_internal.h"

/* POSIX gives two slashes at the start a meaning of their own; three or more are like one. */
static size_t root_length(const char *path)
{
    size_t slashes = strspn(path, "/");

    return slashes == 2 ? 2 : slashes > 0;
}

static bool is_up(const char *name, size_t length)
{
    return length == 2 && name[0] == '.' && name[1] == '.';
}

/* Removes the last part, unless there is none or it is "..". */
static bool drop_last(char *out, size_t root, size_t *length)
{
    size_t start = *length;

    while (start > root && out[start - 1] != '/')
        start--;
    if (start == *length || is_up(out + start, *length - start))
        return false;
    *length = start > root ? start - 1 : root;
    return true;
}

char *os_path_normpath(const char *path)
{
    size_t root = root_length(path), length = root;
    char *out = malloc(strlen(path) + 2);

    if (!out)
        return NULL;
    memcpy(out, path, root);
    for (const char *at = path; *at;) {
        at += strspn(at, "/");
        size_t part = strcspn(at, "/");
        const char *name = at;

        at += part;
        if (part == 0 || (part == 1 && *name == '.'))
            continue;
        if (is_up(name, part) && (drop_last(out, root, &length) || (root && length == root)))
            continue;
        if (length > root)
            out[length++] = '/';
        memcpy(out + length, name, part);
        length += part;
    }
    if (length == 0)
        out[length++] = '.';
    out[length] = '\0';
    return out;
}
