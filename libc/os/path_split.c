/* os.path.split and the functions that follow from it. */
/* SPDX-License-Identifier: MIT */
#include <string.h>
#include "os_internal.h"

/* The head is the text up to the last slash, without slashes at its end, unless it is only
 * slashes. */
size_t os_head_length(const char *path, size_t length, size_t *tail)
{
    const char *slash = memrchr(path, '/', length);
    size_t head = slash ? (size_t)(slash + 1 - path) : 0;

    *tail = head;
    while (head > 0 && path[head - 1] == '/')
        head--;
    return head ? head : *tail;
}

/* Copies both parts, each with its NUL, to one block; *second is the place of the second part. */
static char *cut(const char *path, size_t first, const char *rest, char **second)
{
    size_t rest_size = strlen(rest) + 1;
    char *block = malloc(first + 1 + rest_size);

    *second = NULL;
    if (!block)
        return NULL;
    memcpy(block, path, first);
    block[first] = '\0';
    *second = memcpy(block + first + 1, rest, rest_size);
    return block;
}

struct os_path_split_result os_path_split(const char *path)
{
    struct os_path_split_result result;
    size_t tail, head = os_head_length(path, strlen(path), &tail);

    result.head = cut(path, head, path + tail, &result.tail);
    return result;
}

struct os_path_splitdrive_result os_path_splitdrive(const char *path)
{
    struct os_path_splitdrive_result result;

    result.drive = cut(path, 0, path, &result.tail);
    return result;
}

/* The extension begins with the last dot of the name. Dots at the start of the name do not
 * count. */
struct os_path_splitext_result os_path_splitext(const char *path)
{
    struct os_path_splitext_result result;
    const char *slash = strrchr(path, '/');
    const char *name = slash ? slash + 1 : path;
    const char *dot = strrchr(name, '.');

    name += strspn(name, ".");
    if (!dot || dot < name)
        dot = path + strlen(path);
    result.root = cut(path, (size_t)(dot - path), dot, &result.ext);
    return result;
}

char *os_path_basename(const char *path)
{
    const char *slash = strrchr(path, '/');

    return strdup(slash ? slash + 1 : path);
}

char *os_path_dirname(const char *path)
{
    size_t tail;

    return strndup(path, os_head_length(path, strlen(path), &tail));
}
