/* socket and socketpair, in a system without any address family: they check their arguments and
 * refuse with the error that Linux gives. */
/* SPDX-License-Identifier: MIT */
#include "abi/socket.h"
#include "syscall_calls.h"
#include "vfs/local.h"

/* Why there is no such socket: -EINVAL for an unknown type, otherwise -EAFNOSUPPORT. */
static int refuse(int family, int type)
{
    if (family < 0 || family >= AF_MAX)
        return -EAFNOSUPPORT;
    return (type & SOCK_TYPE_MASK) >= SOCK_MAX ? -EINVAL : -EAFNOSUPPORT;
}

static bool has_wrong_flags(int type)
{
    return type & ~(SOCK_TYPE_MASK | SOCK_CLOEXEC | SOCK_NONBLOCK);
}

long sys_socket(struct fs_context *fs, int family, int type, int protocol)
{
    (void)fs, (void)protocol;
    return has_wrong_flags(type) ? -EINVAL : refuse(family, type);
}

/* Linux first looks for free numbers, and writes to the user's array. */
long sys_socketpair(struct fs_context *fs, int family, int type, int protocol, uaddr_t fds)
{
    (void)protocol;
    if (has_wrong_flags(type))
        return -EINVAL;
    int err = fd_room(fs);
    if (err)
        return err;
    return user_clear_some(fds, 2 * sizeof(int)) < 2 * sizeof(int) ? -EFAULT : refuse(family, type);
}
