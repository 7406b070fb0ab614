/* glob: the paths that match a shell pattern, part by part. */
/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <dirent.h>
#include <fnmatch.h>
#include <glob.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include "syscall.h"

struct search {
    glob_t *result;
    int flags;
    int (*on_error)(const char *, int);
};

static int add(struct search *s, const char *path)
{
    glob_t *r = s->result;
    size_t n = r->gl_offs + r->gl_pathc;
    char **grown = reallocarray(r->gl_pathv, n + 2, sizeof(*grown));

    if (!grown)
        return GLOB_NOSPACE;
    r->gl_pathv = grown;
    size_t length = strlen(path);
    char *copy = malloc(length + 2);
    if (!copy)
        return GLOB_NOSPACE;
    memcpy(copy, path, length + 1);
    struct stat st;
    if (s->flags & GLOB_MARK && sys_stat(path, &st) == 0 && S_ISDIR(st.st_mode) &&
        copy[length - 1] != '/')
        strcpy(copy + length, "/");
    grown[n] = copy;
    grown[n + 1] = NULL;
    r->gl_pathc++;
    return 0;
}

static int expand(struct search *s, char *path, size_t length, const char *pattern);

static int match_directory(struct search *s, char *path, size_t length, const char *part,
                           const char *rest)
{
    DIR *dir = opendir(length ? path : ".");
    struct dirent *entry;
    int result = 0;

    if (!dir) {
        int stop = s->on_error && s->on_error(path, errno);

        return stop || s->flags & GLOB_ERR ? GLOB_ABORTED : 0;
    }
    while (result == 0 && (entry = readdir(dir))) {
        int escape = s->flags & GLOB_NOESCAPE ? FNM_NOESCAPE : 0;
        size_t name = strlen(entry->d_name);

        if (length + name + 2 > PATH_MAX || fnmatch(part, entry->d_name, FNM_PERIOD | escape))
            continue;
        strcpy(path + length, entry->d_name);
        result = expand(s, path, length + name, rest);
        path[length] = '\0';
    }
    closedir(dir);
    return result;
}

/* Removes the backslashes that escape. */
static void unescape(char *text, int flags)
{
    char *to = text;

    if (flags & GLOB_NOESCAPE)
        return;
    for (; *text; text++) {
        if (*text == '\\' && text[1])
            text++;
        *to++ = *text;
    }
    *to = '\0';
}

/* Adds all paths that begin with the `length` bytes of path, which are matched already, and
 * continue with a match of pattern. */
static int expand(struct search *s, char *path, size_t length, const char *pattern)
{
    char part[NAME_MAX + 1];
    struct stat st;

    while (*pattern == '/' && length + 1 < PATH_MAX)
        path[length++] = *pattern++;
    path[length] = '\0';
    if (!*pattern)
        return length && sys_lstat(path, &st) == 0 ? add(s, path) : 0;
    size_t n = strcspn(pattern, "/");
    if (n > NAME_MAX)
        return 0;
    memcpy(part, pattern, n);
    part[n] = '\0';
    if (strpbrk(part, "*?["))
        return match_directory(s, path, length, part, pattern + n);
    unescape(part, s->flags);
    if (length + n + 1 > PATH_MAX)
        return 0;
    strcpy(path + length, part);
    return expand(s, path, length + strlen(part), pattern + n);
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

int glob(const char *restrict pattern, int flags, int (*on_error)(const char *, int),
         glob_t *restrict result)
{
    struct search s = {result, flags, on_error};
    char path[PATH_MAX] = "";

    if (!(flags & GLOB_DOOFFS))
        result->gl_offs = 0;
    if (!(flags & GLOB_APPEND)) {
        result->gl_pathc = 0;
        result->gl_pathv = calloc(result->gl_offs + 1, sizeof(char *));
        if (!result->gl_pathv)
            return GLOB_NOSPACE;
    }
    size_t before = result->gl_pathc;
    int status = expand(&s, path, 0, pattern);
    if (status)
        return status;
    if (result->gl_pathc == before)
        return flags & GLOB_NOCHECK ? add(&s, pattern) : GLOB_NOMATCH;
    if (!(flags & GLOB_NOSORT))
        qsort(result->gl_pathv + result->gl_offs + before, result->gl_pathc - before,
              sizeof(char *), by_name);
    return 0;
}

void globfree(glob_t *result)
{
    for (size_t i = 0; i < result->gl_pathc; i++)
        free(result->gl_pathv[result->gl_offs + i]);
    free(result->gl_pathv);
    result->gl_pathv = NULL;
    result->gl_pathc = 0;
}
