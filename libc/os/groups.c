/* Groups of the process and of users. */
/* SPDX-License-Identifier: MIT */
#include <grp.h>
#include "os_internal.h"

gid_t *os_getgroups(int *n)
{
    *n = (int)syscall_ret(sys_getgroups(0, NULL));
    if (*n < 0)
        return NULL;
    gid_t *groups = malloc(((size_t)*n + 1) * sizeof(*groups));
    if (!groups)
        return NULL;
    *n = (int)syscall_ret(sys_getgroups(*n, groups));
    if (*n >= 0)
        return groups;
    free(groups);
    return NULL;
}

int os_setgroups(const gid_t groups[], int n)
{
    return (int)syscall_ret(sys_setgroups(n, groups));
}

gid_t *os_getgrouplist(const char *user, gid_t group, int *n)
{
    *n = 16;
    for (gid_t *groups = NULL;;) {
        int room = *n;
        gid_t *grown = reallocarray(groups, (size_t)room, sizeof(*groups));

        if (!grown) {
            free(groups);
            return NULL;
        }
        groups = grown;
        if (getgrouplist(user, group, groups, n) >= 0)
            return groups;
    }
}
