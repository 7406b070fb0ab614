/* mkstemp and mkdtemp: files and directories with new, random names. */
/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include "syscall.h"

#define TRIES 100

/* Replaces XXXXXX by six random letters and digits. Other characters would mean something to some
 * programs: what follows a minus in the name of a module is a version for Lua. */
static void fill(char *letters)
{
    static const char set[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
    uint64_t number;

    sys_getrandom(&number, sizeof(number), 0);
    for (int i = 0; i < 6; i++, number /= sizeof(set) - 1)
        letters[i] = set[number % (sizeof(set) - 1)];
}

/* The place of XXXXXX before the suffix, or NULL and EINVAL. */
static char *find_letters(char *template, size_t suffix_length)
{
    size_t length = strlen(template);

    if (length < 6 + suffix_length)
        return fail_null(EINVAL);
    char *letters = template + length - suffix_length - 6;
    return memcmp(letters, "XXXXXX", 6) == 0 ? letters : fail_null(EINVAL);
}

static int make_file(char *template, int suffix_length, int flags)
{
    char *letters = find_letters(template, (size_t)suffix_length);
    long fd = -EEXIST;

    if (!letters)
        return -1;
    for (int try = 0; fd == -EEXIST && try < TRIES; try++) {
        fill(letters);
        fd = sys_open(template, flags | O_RDWR | O_CREAT | O_EXCL, 0600);
    }
    return (int)syscall_ret(fd);
}

int mkstemps(char *template, int suffix_length)
{
    return make_file(template, suffix_length, 0);
}

int mkostemp(char *template, int flags)
{
    return make_file(template, 0, flags);
}

int mkstemp(char *template)
{
    return make_file(template, 0, 0);
}

char *mkdtemp(char *template)
{
    char *letters = find_letters(template, 0);
    long result = -EEXIST;

    if (!letters)
        return NULL;
    for (int try = 0; result == -EEXIST && try < TRIES; try++) {
        fill(letters);
        result = sys_mkdir(template, 0700);
    }
    return syscall_ret(result) < 0 ? NULL : template;
}
