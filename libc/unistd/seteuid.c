/* seteuid and setegid: the effective id alone. */
/* SPDX-License-Identifier: MIT */
#include <unistd.h>
#include "syscall.h"

int seteuid(uid_t uid)
{
    return (int)syscall_ret(sys_setresuid((uid_t)-1, uid, (uid_t)-1));
}

int setegid(gid_t gid)
{
    return (int)syscall_ret(sys_setresgid((gid_t)-1, gid, (gid_t)-1));
}
