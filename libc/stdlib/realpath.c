/* realpath: the path of an existing file without symbolic links, "." and "..". */
/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "syscall.h"

struct walk {
    char done[PATH_MAX]; /* what is resolved; "" is the root */
    size_t length;
    char rest[PATH_MAX]; /* what is left to resolve */
    int links;
};

static int append(struct walk *w, const char *name, size_t length)
{
    if (w->length + 1 + length >= PATH_MAX)
        return fail(ENAMETOOLONG);
    w->done[w->length] = '/';
    memcpy(w->done + w->length + 1, name, length);
    w->length += length + 1;
    w->done[w->length] = '\0';
    return 0;
}

static void up(struct walk *w)
{
    while (w->length > 0 && w->done[--w->length] != '/')
        ;
    w->done[w->length] = '\0';
}

/* Puts the link's target in front of the rest. */
static int follow(struct walk *w, const char *target, size_t length, const char *rest)
{
    size_t rest_size = strlen(rest) + 1;

    if (++w->links > SYMLOOP_MAX)
        return fail(ELOOP);
    if (length + rest_size > PATH_MAX)
        return fail(ENAMETOOLONG);
    memmove(w->rest + length, rest, rest_size);
    memcpy(w->rest, target, length);
    if (*target == '/')
        w->done[w->length = 0] = '\0';
    else
        up(w);
    return 0;
}

/* Removes one name from the rest and resolves it. */
static int step(struct walk *w)
{
    char target[PATH_MAX];
    char *name = w->rest + strspn(w->rest, "/");
    size_t length = strcspn(name, "/");
    char *rest = name + length;

    if (length == 2 && memcmp(name, "..", 2) == 0) {
        up(w);
    } else if (length > 0 && !(length == 1 && *name == '.')) {
        if (append(w, name, length) < 0)
            return -1;
        long got = sys_readlink(w->done, target, sizeof(target));

        if (got > 0)
            return follow(w, target, (size_t)got, rest);
        if (got != -EINVAL)
            return fail(got == 0 ? ENOENT : (int)-got);
        if (*rest && syscall_ret(sys_access(strcat(w->done, "/."), F_OK)) < 0)
            return -1;
        w->done[w->length] = '\0';
    }
    memmove(w->rest, rest, strlen(rest) + 1);
    return 0;
}

char *realpath(const char *restrict path, char *restrict resolved)
{
    struct walk w = {.length = 0};

    if (!path || !*path)
        return fail_null(path ? ENOENT : EINVAL);
    if (*path != '/') {
        if (!getcwd(w.done, sizeof(w.done)))
            return NULL;
        w.length = strcmp(w.done, "/") == 0 ? 0 : strlen(w.done);
    }
    w.done[w.length] = '\0';
    if (strlcpy(w.rest, path, sizeof(w.rest)) >= sizeof(w.rest))
        return fail_null(ENAMETOOLONG);
    while (*w.rest)
        if (step(&w) < 0)
            return NULL;
    if (w.length == 0)
        strcpy(w.done, "/");
    return resolved ? strcpy(resolved, w.done) : strdup(w.done);
}
