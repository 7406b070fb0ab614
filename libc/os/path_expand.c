/* Home directories and variables in paths: os.path.expanduser, os.path.expandvars. */
/* SPDX-License-Identifier: MIT */
#include <ctype.h>
#include <pwd.h>
#include <string.h>
#include "os_internal.h"

/* The home directory for a path that begins with ~NAME, or NULL. */
static const char *home_of(const char *name, size_t length)
{
    struct passwd *user;

    if (length == 0) {
        const char *home = os_getenv("HOME", NULL);

        if (home)
            return home;
        user = getpwuid(getuid());
    } else {
        char *copy = strndup(name, length);

        user = copy ? getpwnam(copy) : NULL;
        free(copy);
    }
    return user ? user->pw_dir : NULL;
}

char *os_path_expanduser(const char *path)
{
    size_t name = strcspn(path, "/");
    const char *home = *path == '~' ? home_of(path + 1, name - 1) : NULL;

    if (!home)
        return strdup(path);
    size_t length = strlen(home), rest = strlen(path + name);
    while (length > 0 && home[length - 1] == '/')
        length--;
    if (length + rest == 0)
        return strdup("/");
    char *result = malloc(length + rest + 1);
    if (!result)
        return NULL;
    memcpy(result, home, length);
    memcpy(result + length, path + name, rest + 1);
    return result;
}

/* The length of the variable's name after '$', with its braces; 0 if there is none. If the brace is
 * not closed, the name extends to the end and names no variable. */
static size_t name_length(const char *at, const char **name, size_t *length)
{
    size_t n = 0;

    *name = at;
    if (*at == '{') {
        const char *close = strchr(at, '}');

        *name = at + 1;
        *length = close ? (size_t)(close - at - 1) : 0;
        return close ? *length + 2 : strlen(at);
    }
    while (isalnum((unsigned char)at[n]) || at[n] == '_')
        n++;
    return *length = n;
}

static const char *value_of(const char *name, size_t length)
{
    char *copy = strndup(name, length);
    const char *value = copy ? os_getenv(copy, NULL) : NULL;

    free(copy);
    return value;
}

/* Computes the length of the result, and writes the result if `to` is not NULL. */
static size_t expand(const char *path, char *to)
{
    size_t at = 0;

    while (*path) {
        const char *name, *value = NULL;
        size_t length, used = *path == '$' ? name_length(path + 1, &name, &length) : 0;

        if (used && length)
            value = value_of(name, length);
        size_t size = value ? strlen(value) : used + 1;
        if (to)
            memcpy(to + at, value ? value : path, size);
        at += size;
        path += used + 1;
    }
    return at;
}

char *os_path_expandvars(const char *path)
{
    size_t length = expand(path, NULL);
    char *result = malloc(length + 1);

    if (!result)
        return NULL;
    expand(path, result);
    result[length] = '\0';
    return result;
}
