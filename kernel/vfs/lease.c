/* Leases (F_SETLEASE): an open file's promise to be told before another open or truncate changes
 * what it may keep about the contents.
 *
 * A lease is one of its file's lock set, whose mutex guards it. A lease to read is in the way of
 * those who open to write, a lease to write in the way of all. Who is in its way has the holder
 * signalled and waits until the lease is gone, smaller, or lease-break-time has passed.
 *
 * An open counts itself (n_readers, writers) before it looks for leases, and a lease is in its set
 * before it looks at the counts: one of the two sees the other. */
#include "abi/poll.h"
#include "abi/signal.h"
#include "local.h"
#include "lock_set.h"

#define PIECE     64 /* leases looked at before others may run */
#define SECOND_NS 1000000000ull

struct lease {
    struct list node; /* in set->leases */
    struct lock_number number;
    int pid;           /* whose it is, for listings */
    struct file *file; /* not referenced: its end drops the lease */
    int fd;            /* what the signal tells of it */
    bool is_write;
    bool must_end, must_shrink; /* it is in somebody's way; the latter: to a lease to read */
    uint64_t end_due_ns, shrink_due_ns; /* when that happens without the holder */
};

/* A thread that waits for leases to end, on its stack. */
struct breaker {
    struct list node; /* in set->breakers, in the order in which they came */
    int pid;
    bool wants_write;
};

int lease_break_seconds = 45;
int leases_enabled = 1;

static uint32_t n_leases; /* atomic: in the system */

/* ---- One file's leases; the set's mutex is held ---- */

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

/* Takes a lease out of its set. The caller has a reference to the set of its own. */
static void remove_lease(struct lock_set *set, struct lease *lease)
{
    list_remove(&lease->node);
    lock_number_remove(&lease->number);
    kfree(lease);
    __atomic_fetch_sub(&n_leases, 1, __ATOMIC_RELAXED);
    wake_all(&set->lease_changed);
}

/* The lease ends, and with it what F_SETOWN and F_SETSIG have said, as on Linux. */
static void end_lease(struct lock_set *set, struct lease *lease)
{
    struct file *file = lease->file;
    remove_lease(set, lease);
    file->owner_pid = 0;
    file->signal = 0;
    /* From here on the file's end does not wait for the mutex, and the file may be gone. */
    __atomic_store_n(&file->leased, false, __ATOMIC_RELEASE);
}

/* Gives the lease another kind, by which what was asked of it may be done. */
static void change_lease(struct lock_set *set, struct lease *lease, bool is_write)
{
    lease->is_write = is_write;
    if (!is_write)
        lease->must_shrink = false;
    wake_all(&set->lease_changed);
}

/* Carries out what holders had time for. */
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

/* ---- Who is in the way ---- */

static bool is_in_way(const struct lease *lease, bool wants_write)
{
    return lease->is_write || wants_write;
}

static uint64_t break_deadline(void)
{
    int seconds = __atomic_load_n(&lease_break_seconds, __ATOMIC_RELAXED);
    return seconds > 0 ? clock_ns() + (uint64_t)seconds * SECOND_NS : NO_DEADLINE;
}

/* Asks the holder for its lease, once. */
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
    if (vfs_signal_owner)
        vfs_signal_owner(lease->file, lease->fd, POLL_MSG, POLLIN | POLLRDNORM | POLLMSG);
    cond_resched(); /* the owner may be a group of thousands */
}

/* Asks all holders in the way, if asked to; when the first of them will have lost its lease, or 0
 * if there is none. */
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

/* Waits until no lease is in the way; the first holder has time until `due`. */
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

int lease_break(struct fs_context *fs, struct inode *inode, int flags)
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

/* Is the file open in a way that the lease cannot go with? A lease to write wants it to be open
 * once. 0 or -EAGAIN. */
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

/* Do the leases of others allow one more? 0 or -EAGAIN. */
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

/* A new lease. 0, -EINVAL where there are none, -ENOMEM, -EAGAIN. */
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

/* F_SETLEASE to read or to write, with the mutex held. */
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

/* Whose file is it, and of what kind? 0, -EACCES, -EINVAL. */
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

/* ---- What /proc tells ---- */

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
