/* Leases (F_SETLEASE): the holder of an open file is told before another open or truncate.
 *
 * A file server may keep the contents of a file at its clients as long as no other program uses the
 * file. A lease promises that it will be told in time. A lease to read conflicts with every open
 * that may write, a lease to write with every open. An open that conflicts sends the holder a
 * signal and waits until the lease is removed, has become one to read where that is enough, or
 * lease-break-time has passed. After that time the kernel itself ends or changes the lease.
 *
 * Leases are listed in the lock set of their file, and guarded by its mutex.
 *
 * A lease must not be set while an open that conflicts is just happening. An open counts itself in
 * the inode (n_readers, writers) before it looks for leases, and a lease is put into its set before
 * the counts are looked at. So at least one of the two sees the other: the open waits, or
 * F_SETLEASE fails with EAGAIN. */
/* SPDX-License-Identifier: MIT */
#include "abi/poll.h"
#include "abi/signal.h"
#include "lock_set.h"

#define PIECE     64 /* leases that are looked at between two calls of cond_resched */
#define SECOND_NS 1000000000ull

struct lease {
    struct list node; /* in set->leases */
    struct lock_number number;
    int pid;           /* of the process that set it, for listings */
    struct file *file; /* not referenced: the end of the file drops the lease */
    int fd;            /* the descriptor that the signal tells */
    bool is_write;
    bool must_end, must_shrink; /* an open waits: for its end, or until it is a lease to read */
    uint64_t end_due_ns, shrink_due_ns; /* when the kernel does that itself */
};

/* A thread that waits for leases to end. It is on the stack of that thread. */
struct breaker {
    struct list node; /* in set->breakers, in order of arrival */
    int pid;
    bool wants_write;
};

int lease_break_seconds = 45;
int leases_enabled = 1;

static uint32_t n_leases; /* atomic: of all files */

/* ---- The leases of one file. Lock: set->mutex held. ---- */

static struct lease *find_lease(struct lock_set *set, const struct file *file)
{
    struct lease *lease;
    unsigned n = 0;
    list_for_each(lease, &set->leases, node) {
        if (lease->file == file)
            return lease;
        if (++n % PIECE == 0)
            cond_resched();
    }
    return NULL;
}

/* Removes a lease from its set. The caller has a reference of its own to the set. */
static void remove_lease(struct lock_set *set, struct lease *lease)
{
    list_remove(&lease->node);
    lock_number_remove(&lease->number);
    kfree(lease);
    __atomic_fetch_sub(&n_leases, 1, __ATOMIC_RELAXED);
    wake_all(&set->lease_changed);
}

/* Ends a lease. As on Linux that also resets what F_SETOWN and F_SETSIG have set. */
static void end_lease(struct lock_set *set, struct lease *lease)
{
    struct file *file = lease->file;
    remove_lease(set, lease);
    file->owner_pid = 0;
    file->signal = 0;
    /* After this the file may be freed: its end does not wait for the mutex any more. */
    __atomic_store_n(&file->leased, false, __ATOMIC_RELEASE);
}

/* Changes the kind of a lease. A lease to read has become as small as must_shrink asks. */
static void change_lease(struct lock_set *set, struct lease *lease, bool is_write)
{
    lease->is_write = is_write;
    if (!is_write)
        lease->must_shrink = false;
    wake_all(&set->lease_changed);
}

/* Ends or changes the leases that their holders have not given up in time. */
static void end_due_leases(struct lock_set *set)
{
    struct lease *lease, *next;
    uint64_t now = clock_ns();
    unsigned n = 0;
    list_for_each_safe(lease, next, &set->leases, node) {
        if (++n % PIECE == 0)
            cond_resched();
        if (lease->must_shrink && now >= lease->shrink_due_ns)
            change_lease(set, lease, false);
        if (lease->must_end && now >= lease->end_due_ns)
            end_lease(set, lease);
    }
}

/* ---- Opens that conflict ---- */

static bool is_in_way(const struct lease *lease, bool wants_write)
{
    return lease->is_write || wants_write;
}

static uint64_t break_deadline(void)
{
    int seconds = __atomic_load_n(&lease_break_seconds, __ATOMIC_RELAXED);
    return seconds > 0 ? clock_ns() + (uint64_t)seconds * SECOND_NS : NO_DEADLINE;
}

/* Asks the holder, by a signal, to give up its lease; once. */
static void ask(struct lease *lease, bool wants_write)
{
    if (wants_write ? lease->must_end : lease->must_end || lease->must_shrink)
        return;
    if (wants_write) {
        lease->must_end = true;
        lease->end_due_ns = break_deadline();
    } else {
        lease->must_shrink = true;
        lease->shrink_due_ns = break_deadline();
    }
    file_signal_owner(lease->file, lease->fd, POLL_MSG, POLLIN | POLLRDNORM | POLLMSG);
    cond_resched(); /* the owner may be a group of thousands */
}

/* Asks the holders of all conflicting leases. When the first of these leases is due to end, or 0 if
 * there is none. */
static uint64_t ask_holders(struct lock_set *set, bool wants_write)
{
    struct lease *lease;
    uint64_t first = 0;
    unsigned n = 0;
    list_for_each(lease, &set->leases, node) {
        if (++n % PIECE == 0)
            cond_resched();
        if (!is_in_way(lease, wants_write))
            continue;
        ask(lease, wants_write);
        uint64_t due = min(lease->must_end ? lease->end_due_ns : NO_DEADLINE,
                           lease->must_shrink ? lease->shrink_due_ns : NO_DEADLINE);
        first = first ? min(first, due) : due;
    }
    return first;
}

/* Waits until no lease conflicts. The first of the leases ends at `due`. 0 or -ERESTARTSYS. */
static int await_leases(struct fs_context *fs, struct lock_set *set, bool wants_write, uint64_t due)
{
    struct breaker breaker = {.pid = fs->process->pid, .wants_write = wants_write};
    int err;
    list_add_tail(&set->breakers, &breaker.node);
    do {
        err = wait_on_mutex(&set->lease_changed, &set->mutex, WAIT_SIGNALS, due, "lease");
        if (err == -EINTR)
            break;
        end_due_leases(set);
        due = ask_holders(set, wants_write);
    } while (due);
    list_remove(&breaker.node);
    return err == -EINTR ? -ERESTARTSYS : 0;
}

static int break_leases(struct fs_context *fs, struct lock_set *set, bool wants_write, bool wait)
{
    end_due_leases(set);
    uint64_t due = ask_holders(set, wants_write);
    if (!due)
        return 0;
    return wait ? await_leases(fs, set, wants_write, due) : -EAGAIN;
}

int lease_ask(struct fs_context *fs, struct inode *inode, int flags)
{
    if (likely(__atomic_load_n(&n_leases, __ATOMIC_SEQ_CST) == 0))
        return 0;
    struct lock_set *set = lock_set_get(inode, false);
    if (!set)
        return 0;
    mutex_lock(&set->mutex);
    int err = break_leases(fs, set, (flags & O_ACCMODE) != O_RDONLY, !(flags & O_NONBLOCK));
    mutex_unlock(&set->mutex);
    lock_set_put(set);
    return err;
}

/* ---- fcntl ---- */

/* Is the file open in a way that conflicts with the lease? Next to a lease to write it must not be
 * open by any other open file. 0 or -EAGAIN. */
static int check_opens(const struct file *file, bool is_write)
{
    struct inode *inode = file->inode;
    int32_t writers = __atomic_load_n(&inode->writers, __ATOMIC_SEQ_CST);
    uint32_t readers = __atomic_load_n(&inode->n_readers, __ATOMIC_SEQ_CST);
    if (!is_write)
        return writers > 0 ? -EAGAIN : 0;
    bool own_write = file_writable(file), own_read = !own_write && file_readable(file);
    return writers == own_write && readers == own_read ? 0 : -EAGAIN;
}

/* Do the leases of other open files allow this one? 0 or -EAGAIN. */
static int check_leases(struct lock_set *set, const struct file *file, bool is_write)
{
    struct lease *lease;
    unsigned n = 0;
    list_for_each(lease, &set->leases, node) {
        if (++n % PIECE == 0)
            cond_resched();
        if (lease->file != file && (is_write || lease->must_end))
            return -EAGAIN;
    }
    return 0;
}

/* Adds a lease. 0, -EINVAL if leases are disabled, -ENOMEM, -EAGAIN. */
static int add_lease(struct fs_context *fs, struct lock_set *set, struct file *file, int fd,
                     bool is_write)
{
    if (!__atomic_load_n(&leases_enabled, __ATOMIC_RELAXED))
        return -EINVAL;
    struct lease *lease = kzalloc(sizeof(*lease));
    if (!lease)
        return -ENOMEM;
    lease->file = file;
    lease->fd = fd;
    lease->pid = fs->process->pid;
    lease->number.is_lease = true;
    lease->is_write = is_write;
    list_add_tail(&set->leases, &lease->node);
    lock_number_add(&lease->number, set);
    __atomic_fetch_add(&n_leases, 1, __ATOMIC_SEQ_CST);
    int err = check_opens(file, is_write);
    if (err)
        remove_lease(set, lease);
    return err;
}

/* F_SETLEASE to read or to write. Lock: set->mutex held. */
static int set_locked(struct fs_context *fs, struct lock_set *set, struct file *file, int fd,
                      bool is_write)
{
    end_due_leases(set);
    int err = check_opens(file, is_write);
    if (!err)
        err = check_leases(set, file, is_write);
    struct lease *own = err ? NULL : find_lease(set, file);
    if (own)
        change_lease(set, own, is_write);
    else if (!err)
        err = add_lease(fs, set, file, fd, is_write);
    if (err)
        return err;
    file->leased = true;
    if (!file->owner_pid)
        file_set_owner(fs, file, F_OWNER_PID, fs->process->pid);
    return 0;
}

/* Only the owner of a regular file may set a lease. 0, -EACCES, -EINVAL. */
static int check_set(struct fs_context *fs, const struct file *file, uint64_t type)
{
    if (type > F_UNLCK)
        return -EINVAL;
    if (!fs_owns(fs, file->inode))
        return -EACCES;
    return inode_is(file->inode, S_IFREG) ? 0 : -EINVAL;
}

static int unset_lease(struct file *file)
{
    struct lock_set *set = lock_set_get(file->inode, false);
    if (!set)
        return -EAGAIN;
    mutex_lock(&set->mutex);
    struct lease *lease = find_lease(set, file);
    if (lease)
        end_lease(set, lease);
    mutex_unlock(&set->mutex);
    lock_set_put(set);
    return lease ? 0 : -EAGAIN;
}

int lease_set(struct fs_context *fs, struct file *file, int fd, uint64_t type)
{
    int err = check_set(fs, file, type);
    if (err)
        return err;
    if (type == F_UNLCK)
        return unset_lease(file);
    struct lock_set *set = lock_set_get(file->inode, true);
    if (!set)
        return -ENOMEM;
    mutex_lock(&set->mutex);
    err = set_locked(fs, set, file, fd, type == F_WRLCK);
    mutex_unlock(&set->mutex);
    lock_set_put(set);
    return err;
}

int lease_get(const struct file *file)
{
    int type = F_UNLCK;
    struct lock_set *set = lock_set_get(file->inode, false);
    if (!set)
        return F_UNLCK;
    mutex_lock(&set->mutex);
    end_due_leases(set);
    const struct lease *lease = find_lease(set, file);
    if (lease && !lease->must_end)
        type = lease->is_write && !lease->must_shrink ? F_WRLCK : F_RDLCK;
    mutex_unlock(&set->mutex);
    lock_set_put(set);
    return type;
}

void lease_drop(struct file *file)
{
    if (__atomic_load_n(&file->leased, __ATOMIC_ACQUIRE))
        unset_lease(file);
}

/* ---- For /proc ---- */

static void look_at_lease(const struct lease *lease, struct lock_told *told)
{
    bool breaks = lease->must_end || lease->must_shrink;
    bool is_write = lease->is_write && !lease->must_shrink;
    told->lock = (struct lock_seen){.end = INT64_MAX, .pid = lease->pid, .is_write = is_write};
    told->lease = breaks ? LEASE_BREAKING : LEASE_ACTIVE;
    told->ends = lease->must_end;
    told->inode = lease->number.set->inode;
}

static void tell_breakers(struct lock_set *set, uint64_t n,
                          void (*tell)(void *arg, const struct lock_told *told), void *arg)
{
    const struct breaker *breaker;
    list_for_each(breaker, &set->breakers, node) {
        struct lock_told told = {
            .lock = {.end = INT64_MAX, .pid = breaker->pid, .is_write = breaker->wants_write},
            .n = n,
            .waits = true,
            .lease = LEASE_BREAKER,
        };
        tell(arg, &told);
        cond_resched();
    }
}

void lease_list(struct lock_number *number, uint64_t n,
                void (*tell)(void *arg, const struct lock_told *told), void *arg)
{
    struct lease *lease = container_of(number, struct lease, number);
    struct lock_set *set = number->set;
    struct lock_told told = {.n = n};
    look_at_lease(lease, &told);
    tell(arg, &told);
    if (list_first(&set->leases, struct lease, node) == lease)
        tell_breakers(set, n, tell, arg);
}

bool file_lease_seen(struct file *file, struct lock_told *told)
{
    if (!__atomic_load_n(&file->leased, __ATOMIC_ACQUIRE))
        return false;
    struct lock_set *set = lock_set_get(file->inode, false);
    if (!set)
        return false;
    mutex_lock(&set->mutex);
    const struct lease *lease = find_lease(set, file);
    if (lease)
        look_at_lease(lease, told);
    mutex_unlock(&set->mutex);
    lock_set_put(set);
    return lease != NULL;
}
