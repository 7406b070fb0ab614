/* socket and socketpair: the calls of a system that knows no address family. */
#include "abi/socket.h"
#include "syscall_calls.h"
#include "vfs/local.h"

/* What is wrong with a wish for a socket; that its family is unknown, at last. */
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

/* The numbers and the place for them come first. */
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
