/* gethostname: the node name of uname. */
/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>
#include "syscall.h"

int gethostname(char *name, size_t size)
{
    struct utsname uts;

    sys_uname(&uts);
    return strlcpy(name, uts.nodename, size) < size ? 0 : fail(ENAMETOOLONG);
}

int getdomainname(char *name, size_t size)
{
    struct utsname uts;

    sys_uname(&uts);
    return strlcpy(name, uts.domainname, size) < size ? 0 : fail(EINVAL);
}
