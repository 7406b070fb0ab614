/* Calls on descriptors: close, dup, fcntl, and fsync, which has nothing to wait for.
 *
 * fcntl has commands of two kinds. F_GETFD and F_SETFD are about the descriptor, whose only flag is
 * close-on-exec; it is in the table, and a dup does not copy it. The others are about the open
 * file, which several descriptors and processes may share: if one sets O_NONBLOCK, all see it. The
 * flags of an open file are atomic, because a read may look at them while another thread changes
 * them. */
/* SPDX-License-Identifier: MIT */
#include "abi/signal.h"
#include "local.h"
#include "syscall_calls.h"

long sys_close(struct fs_context *fs, int fd)
{
    return fd_close(fs, fd);
}

long sys_close_range(struct fs_context *fs, unsigned first, unsigned last, unsigned flags)
{
    if (flags & ~(CLOSE_RANGE_UNSHARE | CLOSE_RANGE_CLOEXEC) || first > last)
        return -EINVAL;
    if (flags & CLOSE_RANGE_UNSHARE) {
        int err = fs_context_unshare(fs, false, true);
        if (err)
            return err;
    }
    fd_close_range(fs, first, last, flags & CLOSE_RANGE_CLOEXEC);
    return 0;
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

void file_set_owner(struct fs_context *fs, struct file *file, uint8_t type, int pid)
{
    struct cred *cred = fs_cred(fs);
    file->owner_uid = cred->uid;
    file->owner_euid = cred->euid;
    file->owner_pid = pid;
    file->owner_type = type;
    cred_unref(cred);
}

/* Chooses the receiver of signals about the file. So far only leases send them. */
static int set_owner(struct fs_context *fs, struct file *file, uint8_t type, int pid)
{
    if (pid && (pid < 0 || !vfs_number_used || !vfs_number_used(pid)))
        return -ESRCH;
    file_set_owner(fs, file, type, pid);
    return 0;
}

/* F_SETOWN: a process or, if negative, a process group. */
static int set_owner_number(struct fs_context *fs, struct file *file, int owner)
{
    if (owner == INT32_MIN)
        return -EINVAL;
    return owner < 0 ? set_owner(fs, file, F_OWNER_PGRP, -owner)
                     : set_owner(fs, file, F_OWNER_PID, owner);
}

static int set_owner_ex(struct fs_context *fs, struct file *file, uaddr_t at)
{
    struct f_owner_ex owner;
    if (user_copy_in(&owner, at, sizeof(owner)))
        return -EFAULT;
    if (owner.type < F_OWNER_TID || owner.type > F_OWNER_PGRP)
        return -EINVAL;
    return set_owner(fs, file, (uint8_t)owner.type, owner.pid);
}

static int get_owner_ex(const struct file *file, uaddr_t at)
{
    struct f_owner_ex owner = {.type = file->owner_type, .pid = file->owner_pid};
    return user_copy_out(at, &owner, sizeof(owner));
}

/* The commands about signals; -ENOSYS for others. */
static long fcntl_signal(struct fs_context *fs, struct file *file, unsigned command, uint64_t arg)
{
    switch (command) {
    case F_SETOWN: return set_owner_number(fs, file, (int)arg);
    case F_GETOWN: return file->owner_type == F_OWNER_PGRP ? -file->owner_pid : file->owner_pid;
    case F_SETOWN_EX: return set_owner_ex(fs, file, uaddr(arg));
    case F_GETOWN_EX: return get_owner_ex(file, uaddr(arg));
    case F_GETSIG: return file->signal;
    case F_SETSIG:
        if ((uint32_t)arg > KERNEL_NSIG)
            return -EINVAL;
        file->signal = (uint8_t)arg;
        return 0;
    default: return -ENOSYS;
    }
}

/* The write hint says how long written data will live. It is kept, but without effect, because
 * there is no storage to which it could matter. */
static int get_write_hint(const struct inode *inode, uaddr_t at)
{
    uint64_t hint = inode->write_hint;
    return user_copy_out(at, &hint, sizeof(hint));
}

static int set_write_hint(struct fs_context *fs, struct inode *inode, uaddr_t at)
{
    uint64_t hint;
    if (!fs_owns(fs, inode))
        return -EPERM;
    if (user_copy_in(&hint, at, sizeof(hint)))
        return -EFAULT;
    if (hint > RWH_WRITE_LIFE_EXTREME)
        return -EINVAL;
    inode->write_hint = (uint8_t)hint;
    return 0;
}

/* Commands on the open file itself, which was not opened with O_PATH. */
static long fcntl_file(struct fs_context *fs, struct file *file, unsigned command, uint64_t arg)
{
    switch (command) {
    case F_SETFL: return set_flags(fs, file, (uint32_t)arg);
    case F_GETLK:
    case F_SETLK:
    case F_SETLKW:
    case F_OFD_GETLK:
    case F_OFD_SETLK:
    case F_OFD_SETLKW:
        return vfs_locks ? vfs_locks->record(fs, file, command, uaddr(arg)) : -EINVAL;
    case F_SETOWN:
    case F_GETOWN:
    case F_SETOWN_EX:
    case F_GETOWN_EX:
    case F_SETSIG:
    case F_GETSIG: return fcntl_signal(fs, file, command, arg);
    case F_GETLEASE: return vfs_locks ? vfs_locks->lease_get(file) : -EINVAL;
    case F_GET_RW_HINT: return get_write_hint(file->inode, uaddr(arg));
    case F_SET_RW_HINT: return set_write_hint(fs, file->inode, uaddr(arg));
    }
    if ((command == F_GETPIPE_SZ || command == F_SETPIPE_SZ) && !inode_is(file->inode, S_IFIFO))
        return -EBADF;
    if (command == F_ADD_SEALS && !file_writable(file))
        return -EPERM;
    return file->ops->fcntl ? file->ops->fcntl(file, command, arg) : -EINVAL;
}

/* Closing a descriptor removes the record locks. If another thread closed this one just before the
 * lock was set, nothing would ever remove the lock. So it is removed here: 0 or -EBADF. */
static long check_lock(struct fs_context *fs, int fd, struct file *locked)
{
    struct file *file;
    int err = fd_get_any(fs, fd, &file);
    if (!err)
        file_unref(file);
    if (!err && file == locked)
        return 0;
    lock_drop_owner(locked->inode, fs->fds);
    return -EBADF;
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
    else if (command == F_SETLEASE)
        result = vfs_locks ? vfs_locks->lease_set(fs, file, fd, arg) : -EINVAL;
    else
        result = fcntl_file(fs, file, (unsigned)command, arg);
    if (result == 0 && (command == F_SETLK || command == F_SETLKW))
        result = check_lock(fs, fd, file);
    file_unref(file);
    return result;
}

/* ---- Storage: files are in memory, so nothing is to be written back ---- */

long sys_fsync(struct fs_context *fs, int fd)
{
    struct file *file;
    int err = fd_get(fs, fd, &file);
    if (err)
        return err;
    bool stored = inode_is(file->inode, S_IFREG) || inode_is(file->inode, S_IFDIR);
    file_unref(file);
    return stored ? 0 : -EINVAL;
}

long sys_fdatasync(struct fs_context *fs, int fd)
{
    return sys_fsync(fs, fd);
}
