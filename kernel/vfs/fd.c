/* Calls on descriptors: close, dup, fcntl, and fsync, which has nothing to wait for.
 *
 * fcntl has commands of two kinds. F_GETFD and F_SETFD are about the descriptor, whose only flag is
 * close-on-exec; it is in the table, and a dup does not copy it. The others are about the open
 * file, which several descriptors and processes may share: if one sets O_NONBLOCK, all see it. The
 * flags of an open file are atomic, because a read may look at them while another thread changes
 * them. */
/* SPDX-License-Identifier: MIT */
#include "local.h"
#include "syscall_calls.h"

long sys_close(struct fs_context *fs, int fd)
{
    return fd_close(fs, fd);
}

/* ---- dup ---- */

/* Gives the open file one more number, the lowest free one from `lowest` on. */
static long duplicate(struct fs_context *fs, int fd, int lowest, bool cloexec)
{
    struct file *file;
    int err = fd_get_any(fs, fd, &file);
    if (err)
        return err;
    int copy = fd_install(fs, file, lowest, cloexec);
    if (copy < 0)
        file_unref(file);
    return copy;
}

long sys_dup(struct fs_context *fs, int fd)
{
    return duplicate(fs, fd, 0, false);
}

/* Makes number `to` mean the same open file as `from`. The file that `to` meant before is closed.
 */
static long duplicate_to(struct fs_context *fs, int from, int to, bool cloexec)
{
    struct file *file, *former;
    int err = fd_get_any(fs, from, &file);
    if (err)
        return err;
    err = fd_put(fs, file, to, cloexec, &former);
    if (err) {
        file_unref(file);
        return err;
    }
    if (former) {
        lock_drop_owner(former->inode, fs->fds);
        file_unref(former);
    }
    return to;
}

long sys_dup2(struct fs_context *fs, int from, int to)
{
    if (from != to)
        return duplicate_to(fs, from, to, false);
    int flag = fd_cloexec(fs, from, -1);
    return flag < 0 ? flag : to;
}

long sys_dup3(struct fs_context *fs, int from, int to, unsigned flags)
{
    if (flags & ~O_CLOEXEC || from == to)
        return -EINVAL;
    return duplicate_to(fs, from, to, flags & O_CLOEXEC);
}

/* ---- fcntl ---- */

#define CHANGEABLE_FLAGS (O_APPEND | O_NONBLOCK | O_ASYNC | O_DIRECT | O_NOATIME)

/* Does O_DIRECT have a meaning for the file? In a pipe it makes packets, see pipe.c. */
static bool takes_direct(const struct file *file)
{
    return inode_is(file->inode, S_IFIFO) || inode_is(file->inode, S_IFREG);
}

/* F_SETFL. Only the owner may set O_NOATIME. */
static long set_flags(struct fs_context *fs, struct file *file, uint32_t flags)
{
    if (flags & ~file->flags & O_NOATIME && !fs_owns(fs, file->inode))
        return -EPERM;
    if (flags & O_DIRECT && !takes_direct(file))
        return -EINVAL;
    uint32_t old = __atomic_load_n(&file->flags, __ATOMIC_RELAXED);
    while (!__atomic_compare_exchange_n(&file->flags, &old,
                                        (old & ~CHANGEABLE_FLAGS) | (flags & CHANGEABLE_FLAGS),
                                        false, __ATOMIC_RELAXED, __ATOMIC_RELAXED))
        ;
    return 0;
}

/* Commands on the open file itself, which was not opened with O_PATH. */
static long fcntl_file(struct fs_context *fs, struct file *file, int fd, unsigned command,
                       uint64_t arg)
{
    if (command == F_SETFL)
        return set_flags(fs, file, (uint32_t)arg);
    long result = vfs_locks ? vfs_locks->fcntl(fs, file, fd, command, arg) : -ENOSYS;
    if (result != -ENOSYS)
        return result;
    if ((command == F_GETPIPE_SZ || command == F_SETPIPE_SZ) && !inode_is(file->inode, S_IFIFO))
        return -EBADF;
    if (command == F_ADD_SEALS && !file_writable(file))
        return -EPERM;
    return file->ops->fcntl ? file->ops->fcntl(file, command, arg) : -EINVAL;
}

static long fcntl_dup(struct fs_context *fs, int fd, uint64_t lowest, bool cloexec)
{
    struct file *file;
    int err = fd_get_any(fs, fd, &file);
    if (err)
        return err;
    file_unref(file);
    return lowest >= fs->process->limit_files ? -EINVAL : duplicate(fs, fd, (int)lowest, cloexec);
}

long sys_fcntl(struct fs_context *fs, int fd, int command, unsigned long arg)
{
    switch (command) {
    case F_DUPFD: return fcntl_dup(fs, fd, (uint32_t)arg, false);
    case F_DUPFD_CLOEXEC: return fcntl_dup(fs, fd, (uint32_t)arg, true);
    case F_GETFD: return fd_cloexec(fs, fd, -1);
    case F_SETFD: return fd_cloexec(fs, fd, arg & FD_CLOEXEC);
    }
    struct file *file;
    long result = fd_get_any(fs, fd, &file);
    if (result)
        return result;
    if (command == F_GETFL)
        result = (long)__atomic_load_n(&file->flags, __ATOMIC_RELAXED);
    else if (file->flags & O_PATH)
        result = -EBADF;
    else
        result = fcntl_file(fs, file, fd, (unsigned)command, arg);
    file_unref(file);
    return result;
}
