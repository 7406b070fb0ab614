/* getlogin: the name of the real user. */
/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <pwd.h>
#include <string.h>
#include <unistd.h>
#include "syscall.h"

char *getlogin(void)
{
    struct passwd *user = getpwuid((uid_t)sys_getuid());

    return user ? user->pw_name : fail_null(ENXIO);
}

int getlogin_r(char *name, size_t size)
{
    char *login = getlogin();

    if (!login)
        return errno;
    return strlcpy(name, login, size) < size ? 0 : ERANGE;
}
