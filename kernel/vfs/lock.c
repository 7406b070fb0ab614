/* Locks that programs put on files: records (fcntl, by descriptor table or open file) and whole
 * files (flock). All in one list: files that are locked are few. */
#include "local.h"
#include "syscall_calls.h"

struct file_lock {
    struct list node;    /* in `locks` */
    struct inode *inode; /* not referenced: its files' end drops the lock */
    const void *owner;   /* struct fd_table or struct file */
    int pid;             /* what F_GETLK tells; -1 for open-file locks */
    bool is_write, is_flock;
    int64_t start, end; /* bytes, inclusive */
};

/* A thread that waits in set_lock, on its stack. */
struct lock_waiter {
    struct list node; /* in `waiters` */
    const struct file_lock *wanted;
};

static struct spinlock locks_lock = SPINLOCK("file locks", RANK_FILE);
static struct list locks = LIST_INIT(locks); /* guarded by locks_lock */
static struct wait_queue lock_freed = WAIT_QUEUE(lock_freed);
static struct list waiters = LIST_INIT(waiters); /* guarded by locks_lock */
static uint32_t n_locks;                         /* guarded by locks_lock, read without it */

static bool overlaps(const struct file_lock *a, const struct file_lock *b)
{
    return a->inode == b->inode && a->is_flock == b->is_flock && a->start <= b->end &&
           b->start <= a->end;
}

/* A lock of another owner that stands in the way. */
static struct file_lock *find_conflict(const struct file_lock *wanted)
{
    struct file_lock *lock;
    list_for_each(lock, &locks, node)
        if (lock->owner != wanted->owner && overlaps(lock, wanted) &&
            (lock->is_write || wanted->is_write))
            return lock;
    return NULL;
}

static void unlink_lock(struct file_lock *lock)
{
    list_remove(&lock->node);
    n_locks--;
    kfree(lock);
}

static void add_lock(struct file_lock *slot, const struct file_lock *lock)
{
    *slot = *lock;
    list_add_tail(&locks, &slot->node);
    n_locks++;
}

/* Takes [start, end] out of the owner's own locks; one that sticks out on both sides is split, for
 * which *spare is used up. */
static void carve(const struct file_lock *range, struct file_lock **spare)
{
    struct file_lock *lock, *next;
    list_for_each_safe(lock, next, &locks, node) {
        if (lock->owner != range->owner || !overlaps(lock, range))
            continue;
        bool before = lock->start < range->start;
        bool after = lock->end > range->end;
        if (before && after) {
            assert(*spare);
            struct file_lock tail = *lock;
            tail.start = range->end + 1;
            lock->end = range->start - 1;
            add_lock(*spare, &tail);
            *spare = NULL;
        } else if (before) {
            lock->end = range->start - 1;
        } else if (after) {
            lock->start = range->end + 1;
        } else {
            unlink_lock(lock);
        }
    }
}

/* The lock that an owner waits for, NULL if it does not wait. Lock: locks_lock held. */
static const struct file_lock *waits_for(const void *owner)
{
    struct lock_waiter *waiter;
    list_for_each(waiter, &waiters, node)
        if (waiter->wanted->owner == owner)
            return waiter->wanted;
    return NULL;
}

/* Whether who stands in the way waits, perhaps through others, for the owner of `wanted`. Only for
 * records of processes, and over ten others at most, as on Linux. Lock: locks_lock held. */
static bool would_deadlock(const struct file_lock *wanted)
{
    const struct file_lock *blocked = wanted;
    if (wanted->is_flock || wanted->pid < 0)
        return false;
    for (int steps = 0; blocked && steps < 10; steps++) {
        const struct file_lock *blocker = find_conflict(blocked);
        if (!blocker)
            return false;
        if (blocker->owner == wanted->owner)
            return true;
        blocked = waits_for(blocker->owner);
    }
    return false;
}

/* Sleeps until some lock is let go. 0, -EDEADLK, -ERESTARTSYS. Lock: locks_lock held, not while it
 * sleeps. */
static int wait_for_lock(const struct file_lock *wanted)
{
    struct lock_waiter waiter = {.wanted = wanted};
    if (would_deadlock(wanted))
        return -EDEADLK;
    list_add_tail(&waiters, &waiter.node);
    int interrupted =
        wait_on_spin(&lock_freed, &locks_lock, WAIT_SIGNALS, NO_DEADLINE, "file lock");
    list_remove(&waiter.node);
    return interrupted ? -ERESTARTSYS : 0;
}

/* Sets or clears (type F_UNLCK) a lock; waits for it if asked. */
static int set_lock(const struct file_lock *wanted, bool clear, bool wait)
{
    struct file_lock *fresh = kmalloc(sizeof(*fresh)), *spare = kmalloc(sizeof(*spare));
    int err = fresh && spare ? 0 : -ENOLCK;
    spin_lock(&locks_lock);
    while (!err && !clear && find_conflict(wanted))
        err = wait ? wait_for_lock(wanted) : -EAGAIN;
    if (!err) {
        carve(wanted, &spare);
        if (!clear) {
            add_lock(fresh, wanted);
            fresh = NULL;
        }
    }
    spin_unlock(&locks_lock);
    if (!err)
        wake_all(&lock_freed);
    kfree(fresh);
    kfree(spare);
    return err;
}

void lock_drop_owner(struct inode *inode, const void *owner)
{
    struct file_lock *lock, *next;
    if (__atomic_load_n(&n_locks, __ATOMIC_ACQUIRE) == 0)
        return;
    spin_lock(&locks_lock);
    list_for_each_safe(lock, next, &locks, node)
        if (lock->inode == inode && lock->owner == owner)
            unlink_lock(lock);
    spin_unlock(&locks_lock);
    wake_all(&lock_freed);
}

/* ---- fcntl ---- */

/* The bytes that a struct flock means. 0, -EINVAL, -EOVERFLOW. */
static int decode_range(const struct file *file, const struct flock *flock, struct file_lock *lock)
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

/* F_GETLK: tells of a lock in the way, or that there is none. */
static int get_lock(const struct file_lock *wanted, struct flock *flock)
{
    spin_lock(&locks_lock);
    const struct file_lock *lock = find_conflict(wanted);
    if (lock) {
        flock->l_type = lock->is_write ? F_WRLCK : F_RDLCK;
        flock->l_whence = SEEK_SET;
        flock->l_start = lock->start;
        flock->l_len = lock->end == INT64_MAX ? 0 : lock->end - lock->start + 1;
        flock->l_pid = lock->pid;
    } else {
        flock->l_type = F_UNLCK;
    }
    spin_unlock(&locks_lock);
    return 0;
}

int lock_record(struct fs_context *fs, struct file *file, unsigned command, uaddr_t arg)
{
    struct flock flock;
    bool by_file = command >= F_OFD_GETLK;
    bool get = command == F_GETLK || command == F_OFD_GETLK;
    bool wait = command == F_SETLKW || command == F_OFD_SETLKW;
    if (user_copy_in(&flock, arg, sizeof(flock)))
        return -EFAULT;
    struct file_lock wanted = {
        .inode = file->inode,
        .owner = by_file ? (void *)file : (void *)fs->fds,
        .pid = by_file ? -1 : fs->pid,
        .is_write = flock.l_type == F_WRLCK,
    };
    bool clear = flock.l_type == F_UNLCK;
    if ((by_file && flock.l_pid) || flock.l_type < F_RDLCK || flock.l_type > F_UNLCK ||
        (get && clear))
        return -EINVAL;
    int err = decode_range(file, &flock, &wanted);
    if (err)
        return err;
    if (get) {
        get_lock(&wanted, &flock);
        return user_copy_out(arg, &flock, sizeof(flock));
    }
    if (!clear && !(wanted.is_write ? file_writable(file) : file_readable(file)))
        return -EBADF;
    return set_lock(&wanted, clear, wait);
}

/* ---- flock ---- */

static int lock_whole(struct file *file, int operation)
{
    int kind = operation & ~LOCK_NB;
    if (kind != LOCK_SH && kind != LOCK_EX && kind != LOCK_UN)
        return -EINVAL;
    struct file_lock wanted = {
        .inode = file->inode,
        .owner = file,
        .is_write = kind == LOCK_EX,
        .is_flock = true,
        .end = INT64_MAX,
    };
    return set_lock(&wanted, kind == LOCK_UN, !(operation & LOCK_NB));
}

long sys_flock(struct fs_context *fs, int fd, int operation)
{
    struct file *file;
    int err = fd_get(fs, fd, &file);
    if (err)
        return err;
    err = lock_whole(file, operation);
    file_unref(file);
    return err;
}
