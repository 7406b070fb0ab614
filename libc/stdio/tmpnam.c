/* tmpnam and tempnam: names that no file has yet. Another program may take one before it is used;
 * mkstemp makes the file at once. */
/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "syscall.h"

#define TRIES 100

/* Replaces the X at the end until there is no such file; NULL if all are taken. */
static char *new_name(char *path)
{
    static const char set[] = "abcdefghijklmnopqrstuvwxyz012345";
    char *letters = path + strlen(path) - 6;

    for (int try = 0; try < TRIES; try++) {
        unsigned char bytes[6];

        sys_getrandom(bytes, sizeof(bytes), 0);
        for (int i = 0; i < 6; i++)
            letters[i] = set[bytes[i] % 32];
        if (sys_access(path, F_OK) == -ENOENT)
            return path;
    }
    return fail_null(EEXIST);
}

char *tmpnam(char *path)
{
    static char own[L_tmpnam];

    return new_name(strcpy(path ? path : own, P_tmpdir "/fileXXXXXX"));
}

char *tempnam(const char *dir, const char *prefix)
{
    const char *wanted = secure_getenv("TMPDIR"), *choices[] = {wanted, dir, P_tmpdir};
    char *path = NULL;

    for (int i = 0; i < 3 && !path; i++) {
        if (!choices[i] || access(choices[i], W_OK | X_OK) < 0)
            continue;
        if (asprintf(&path, "%s/%.5sXXXXXX", choices[i], prefix ? prefix : "file") < 0)
            return NULL;
    }
    if (!path || new_name(path))
        return path;
    free(path);
    return NULL;
}
