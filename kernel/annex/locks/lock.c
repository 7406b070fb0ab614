/* Calls that lock files: ranges of bytes ("records", by fcntl) and whole files (by flock).
 *
 * There are three kinds of locks, which differ in their owner. F_SETLK: the process, that is, its
 * descriptor table. Such locks are removed when the process closes any descriptor of the file, as
 * POSIX wants, and they are not inherited by fork. F_OFD_SETLK: the open file, so they last until
 * its last descriptor is closed, also if a child has it. These two conflict with each other. flock:
 * the open file, too, but these locks are only compared with other flocks.
 *
 * All of them are advisory: they do not keep a program that does not ask from reading or writing.
 */
/* SPDX-License-Identifier: MIT */
#include "annex.h"
#include "lock_set.h"
#include "syscall_calls.h"

/* ---- fcntl ---- */

/* Computes the bytes that a struct flock means. 0, -EINVAL, -EOVERFLOW. */
static int decode_range(const struct file *file, const struct flock *flock, struct lock_range *lock)
{
    int64_t base = 0, start, last = 0;
    if (flock->l_whence == SEEK_CUR)
        base = (int64_t)file->pos;
    else if (flock->l_whence == SEEK_END)
        base = (int64_t)file->inode->size;
    else if (flock->l_whence != SEEK_SET)
        return -EINVAL;
    if (__builtin_add_overflow(base, flock->l_start, &start))
        return -EOVERFLOW;
    if (start < 0)
        return -EINVAL;
    if (flock->l_len > 0 && __builtin_add_overflow(start, flock->l_len - 1, &last))
        return -EOVERFLOW;
    lock->start = flock->l_len < 0 ? start + flock->l_len : start;
    lock->end = flock->l_len > 0 ? last : flock->l_len < 0 ? start - 1 : INT64_MAX;
    return lock->start < 0 ? -EINVAL : 0;
}

static void tell_lock(struct flock *flock, const struct file_lock *lock, bool is_write, int pid)
{
    int64_t start = (int64_t)lock->node.key;
    flock->l_type = is_write ? F_WRLCK : F_RDLCK;
    flock->l_whence = SEEK_SET;
    flock->l_start = start;
    flock->l_len = lock->end == INT64_MAX ? 0 : lock->end - start + 1;
    flock->l_pid = pid;
}

/* F_GETLK: finds a conflicting lock, or says that there is none. With the type F_UNLCK (only
 * F_OFD_GETLK) it finds a lock of the open file itself. */
static void get_lock(const struct file *file, const struct lock_range *wanted, struct flock *flock)
{
    struct lock_owner *holder;
    bool is_write, own = flock->l_type == F_UNLCK;
    flock->l_type = F_UNLCK;
    struct lock_set *set = lock_set_get(file->inode, false);
    if (!set)
        return;
    mutex_lock(&set->mutex);
    const struct file_lock *lock = own ? lock_set_own(set, wanted, &holder, &is_write)
                                       : lock_set_conflict(set, wanted, &holder, &is_write);
    if (lock)
        tell_lock(flock, lock, is_write, holder->pid);
    mutex_unlock(&set->mutex);
    lock_set_put(set);
}

static int change_lock(struct file *file, const struct lock_range *range, bool clear, bool wait)
{
    struct lock_set *set = lock_set_get(file->inode, !clear);
    if (!set)
        return clear ? 0 : -ENOLCK;
    int err = lock_set_change(set, range, clear, wait);
    lock_set_put(set);
    return err;
}

/* Is the type allowed? 0 or -EINVAL. */
static int check_type(const struct flock *flock, bool get, bool by_file)
{
    bool known = flock->l_type >= F_RDLCK && flock->l_type <= F_UNLCK;
    return known && (!get || by_file || flock->l_type != F_UNLCK) ? 0 : -EINVAL;
}

int lock_record(struct fs_context *fs, struct file *file, unsigned command, uaddr_t arg)
{
    struct flock flock;
    bool by_file = command >= F_OFD_GETLK;
    bool get = command == F_GETLK || command == F_OFD_GETLK;
    bool wait = command == F_SETLKW || command == F_OFD_SETLKW;
    if (user_copy_in(&flock, arg, sizeof(flock)))
        return -EFAULT;
    struct lock_range wanted = {
        .owner = by_file ? (void *)file : (void *)fs->fds,
        .file = file,
        .pid = by_file ? -1 : fs->process->pid,
        .is_write = flock.l_type == F_WRLCK,
        .finds_deadlocks = !by_file,
    };
    bool clear = flock.l_type == F_UNLCK;
    int err = get ? check_type(&flock, get, by_file) : 0;
    if (!err)
        err = decode_range(file, &flock, &wanted);
    if (!err)
        err = check_type(&flock, get, by_file);
    if (err)
        return err;
    bool may = get || clear || (wanted.is_write ? file_writable(file) : file_readable(file));
    if (!may)
        return -EBADF;
    if (by_file && flock.l_pid)
        return -EINVAL;
    if (!get)
        return change_lock(file, &wanted, clear, wait);
    get_lock(file, &wanted, &flock);
    return user_copy_out(arg, &flock, sizeof(flock));
}

/* ---- flock ---- */

static int lock_whole(struct fs_context *fs, struct file *file, int operation)
{
    int kind = operation & ~LOCK_NB;
    struct lock_range wanted = {
        .owner = file,
        .file = file,
        .pid = fs->process->pid,
        .is_write = kind == LOCK_EX,
        .is_flock = true,
        .end = INT64_MAX,
    };
    if (kind != LOCK_UN && !file_readable(file) && !file_writable(file))
        return -EBADF;
    return change_lock(file, &wanted, kind == LOCK_UN, !(operation & LOCK_NB));
}

/* LOCK_MAND was for file servers. Linux ignores a call that has it, and succeeds. */
long sys_flock(struct fs_context *fs, int fd, int operation)
{
    struct file *file;
    int kind = operation & ~LOCK_NB;
    if (operation & LOCK_MAND)
        return 0;
    if (kind != LOCK_SH && kind != LOCK_EX && kind != LOCK_UN)
        return -EINVAL;
    int err = fd_get(fs, fd, &file);
    if (err)
        return err;
    err = lock_whole(fs, file, operation);
    file_unref(file);
    return err;
}

/* ---- For /proc ---- */

const void *fs_lock_owner(struct fs_context *fs)
{
    spin_lock(&fs->lock);
    const void *owner = fs->fds;
    spin_unlock(&fs->lock);
    return owner;
}

bool file_lock_seen(struct file *file, const void *owner, bool is_flock, int64_t from,
                    struct lock_seen *seen)
{
    struct lock_owner *holder;
    struct lock_range range = {
        .owner = owner, .start = from, .end = INT64_MAX, .is_flock = is_flock};
    struct lock_set *set = lock_set_get(file->inode, false);
    if (!set)
        return false;
    mutex_lock(&set->mutex);
    const struct file_lock *lock = lock_set_own(set, &range, &holder, &seen->is_write);
    if (lock) {
        seen->start = (int64_t)lock->node.key;
        seen->end = lock->end;
        seen->pid = holder->pid;
        seen->through = lock->file;
    }
    mutex_unlock(&set->mutex);
    lock_set_put(set);
    return lock != NULL;
}

static const struct lock_ops ops = {
    .fcntl = lock_fcntl,
    .drop_owner = lock_drop,
    .lease_drop = lease_drop,
    .lease_break = lease_ask,
};

static void start(struct fs_context *fs, const char *command_line)
{
    (void)fs, (void)command_line;
    lock_setup();
    vfs_locks = &ops;
}

ANNEX(locks, ANNEX_DEVICES, start);
