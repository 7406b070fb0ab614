/* ioctl: the requests that every file has; others are passed to the file's own operation. */
/* SPDX-License-Identifier: MIT */
#include "abi/termios.h"
#include "local.h"
#include "syscall_calls.h"

/* Sets or clears a flag of the open file, as an int in user memory says. */
static long set_flag(struct file *file, uaddr_t arg, uint32_t flag)
{
    int on;
    if (user_copy_in(&on, arg, sizeof(on)))
        return -EFAULT;
    if (on)
        __atomic_fetch_or(&file->flags, flag, __ATOMIC_RELAXED);
    else
        __atomic_fetch_and(&file->flags, ~flag, __ATOMIC_RELAXED);
    return 0;
}

/* FIONREAD of a regular file: how many bytes there are from the position to the end. */
static long bytes_left(const struct file *file, uaddr_t arg)
{
    int left = (int)(file->inode->size - file->pos);
    return user_copy_out(arg, &left, sizeof(left));
}

long sys_ioctl(struct fs_context *fs, int fd, unsigned request, uaddr_t arg)
{
    struct file *file;
    int err = fd_get(fs, fd, &file);
    if (err)
        return err;
    long result = -ENOTTY;
    if (request == FIOCLEX || request == FIONCLEX)
        result = fd_cloexec(fs, fd, request == FIOCLEX);
    else if (request == FIONBIO)
        result = set_flag(file, arg, O_NONBLOCK);
    else if (request == FIONREAD && inode_is(file->inode, S_IFREG))
        result = bytes_left(file, arg);
    else if (file->ops->ioctl)
        result = file->ops->ioctl(file, request, arg);
    file_unref(file);
    return result;
}
