/* os.path.realpath: resolves symbolic links part by part, as Python does it.
 *
 * A part that does not exist is no error: it stays in the result. A link that comes up again while
 * it is being resolved is a loop; the rest of the path is then left as it is. So each link is
 * remembered with its result, which is NULL as long as the link is being resolved. Once the
 * result is known, the link is not resolved a second time. */
/* SPDX-License-Identifier: MIT */
#include <string.h>
#include "os_internal.h"

/* A link that was met: its path, and the path that it resolves to (NULL: not known yet). */
struct seen {
    struct seen *next;
    char *result;
    char link[];
};

static struct seen *find(struct seen *seen, const char *link)
{
    while (seen && strcmp(seen->link, link) != 0)
        seen = seen->next;
    return seen;
}

static struct seen *remember(struct seen **seen, const char *link)
{
    size_t size = strlen(link) + 1;
    struct seen *new = malloc(sizeof(*new) + size);

    if (!new)
        return NULL;
    memcpy(new->link, link, size);
    new->result = NULL;
    new->next = *seen;
    *seen = new;
    return new;
}

static void forget(struct seen *seen)
{
    while (seen) {
        struct seen *next = seen->next;

        free(seen->result);
        free(seen);
        seen = next;
    }
}

/* os.path.join, but frees path. */
static char *extend(char *path, const char *more)
{
    char *joined = path ? os_path_join(path, more) : NULL;

    free(path);
    return joined;
}

/* Applies "..": the head of the path, but if it ends in "..", the path with another "..". */
static char *go_up(char *path)
{
    if (!*path)
        return extend(path, "..");
    struct os_path_split_result parts = os_path_split(path);
    free(path);
    if (!parts.head || strcmp(parts.tail, "..") != 0)
        return parts.head;
    return extend(extend(parts.head, ".."), "..");
}

static char *resolve(char *path, const char *rest, struct seen **seen, bool *loops);

/* Resolves the link newpath, which is in the directory path. Frees both. */
static char *follow(char *path, char *newpath, struct seen **seen, bool *loops)
{
    struct seen *known = find(*seen, newpath);

    if (known && known->result) {
        free(path);
        free(newpath);
        return strdup(known->result);
    }
    if (known) {
        *loops = true;
        free(path);
        return newpath;
    }
    char *target = os_readlink(newpath);
    known = target ? remember(seen, newpath) : NULL;
    free(newpath);
    if (known)
        path = resolve(path, target, seen, loops);
    else
        free(path);
    free(target);
    if (!known)
        return NULL;
    if (path && !*loops)
        known->result = strdup(path);
    return path;
}

/* Resolves rest, relative to path, which is resolved already. Frees path. */
static char *resolve(char *path, const char *rest, struct seen **seen, bool *loops)
{
    struct stat st;

    if (*rest == '/') {
        free(path);
        path = strdup("/");
        rest++;
    }
    while (path && *rest) {
        size_t length = strcspn(rest, "/");
        char *name = strndup(rest, length);

        rest += length + (rest[length] == '/');
        if (!name || !*name || strcmp(name, ".") == 0) {
            free(name);
            continue;
        }
        if (strcmp(name, "..") == 0) {
            free(name);
            path = go_up(path);
            continue;
        }
        char *newpath = os_path_join(path, name);
        free(name);
        if (!newpath || sys_lstat(newpath, &st) < 0 || !S_ISLNK(st.st_mode)) {
            free(path);
            path = newpath;
            continue;
        }
        path = follow(path, newpath, seen, loops);
        if (*loops)
            return extend(path, rest);
    }
    return path;
}

char *os_path_realpath(const char *path)
{
    struct seen *seen = NULL;
    bool loops = false;
    char *start = strdup("");

    char *resolved = start ? resolve(start, path, &seen, &loops) : NULL;
    char *result = resolved ? os_path_abspath(resolved) : NULL;
    free(resolved);
    forget(seen);
    return result;
}
