/* The commands of fcntl about locks, leases, the owner that a file signals, and hints on how long
 * written data will live. */
/* SPDX-License-Identifier: MIT */
#include "abi/signal.h"
#include "lock_set.h"

/* ---- F_SETOWN and F_SETSIG ---- */

void file_set_owner(struct fs_context *fs, struct file *file, uint8_t type, int pid)
{
    struct cred *cred = fs_cred(fs);
    file->owner_uid = cred->uid;
    file->owner_euid = cred->euid;
    file->owner_pid = pid;
    file->owner_type = type;
    cred_unref(cred);
}

/* Chooses the receiver of signals about the file. Only leases send them. */
static int set_owner(struct fs_context *fs, struct file *file, uint8_t type, int pid)
{
    if (pid && (pid < 0 || !file_owner_exists(pid)))
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

/* ---- Hints ---- */

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

/* ---- Locks and leases ---- */

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

static long set_record(struct fs_context *fs, struct file *file, int fd, unsigned command,
                       uint64_t arg)
{
    int err = lock_record(fs, file, command, uaddr(arg));
    return !err && (command == F_SETLK || command == F_SETLKW) ? check_lock(fs, fd, file) : err;
}

long lock_fcntl(struct fs_context *fs, struct file *file, int fd, unsigned command, uint64_t arg)
{
    switch (command) {
    case F_GETLK:
    case F_SETLK:
    case F_SETLKW:
    case F_OFD_GETLK:
    case F_OFD_SETLK:
    case F_OFD_SETLKW: return set_record(fs, file, fd, command, arg);
    case F_SETLEASE: return lease_set(fs, file, fd, arg);
    case F_GETLEASE: return lease_get(file);
    case F_GET_RW_HINT: return get_write_hint(file->inode, uaddr(arg));
    case F_SET_RW_HINT: return set_write_hint(fs, file->inode, uaddr(arg));
    default: return fcntl_signal(fs, file, command, arg);
    }
}
