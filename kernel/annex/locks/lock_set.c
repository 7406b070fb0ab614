/* The locks on one file: the locks of each owner, waiting for them, and deadlocks.
 *
 * Programs may lock ranges of bytes, to read (shared) or to write (exclusive). The owner of a lock
 * is a descriptor table (F_SETLK: a process) or an open file (F_OFD_SETLK, flock). A file that is
 * locked has a lock_set, found by its inode; a file without locks costs nothing.
 *
 * A set lists its owners by age, because F_GETLK on Linux tells the lock of the eldest owner that
 * conflicts. The locks of one owner never overlap. They are in two trees, ordered by their start:
 * locks to read and locks to write. Neighbours of a kind are joined to one lock. So a call takes
 * time in proportion to the logarithm of the owner's locks and to the number of owners on this
 * file. Locks on other files do not matter.
 *
 * To set a lock is to remove the range from the other tree (carve) and to add it to this one
 * (merge). Removing the middle of a lock makes two of one. All memory that may be needed is
 * therefore allocated before anything is changed (stock_fill): a change cannot fail half way.
 *
 * A thread that has to wait sleeps until the owner in its way has changed its locks in the wanted
 * range. Then it checks for conflicts again from the start, because another thread may have been
 * faster. Before it sleeps it looks for a deadlock: if the owner that it waits for waits itself,
 * perhaps through others, for this owner's locks, none of them would ever be woken, and the call
 * gives EDEADLK. As on Linux only locks of processes are checked, and at most ten steps are
 * followed.
 *
 * The set's mutex guards the set. The chain of waiting owners runs through several sets, so which
 * owner waits for which is guarded by one spinlock, locks_lock. */
/* SPDX-License-Identifier: MIT */
#include "lock_set.h"

#define PIECE 64 /* locks or owners that are looked at between two calls of cond_resched */

static struct spinlock locks_lock = SPINLOCK("file locks", RANK_FILE);
static struct hash sets;     /* guarded by locks_lock, as is each set's refs; by inode */
static struct hash waits;    /* guarded by locks_lock: struct lock_waiter.wait */
static struct tree numbers;  /* guarded by locks_lock: the struct lock_number in all sets */
static uint64_t last_number; /* guarded by locks_lock */

void lock_setup(void)
{
    hash_init(&sets);
    hash_init(&waits);
}

/* ---- Sets ---- */

static struct lock_set *find_set(const struct inode *inode)
{
    struct hash_node *node = hash_first(&sets, hash_u64((uint64_t)inode));
    for (; node; node = hash_next(node)) {
        struct lock_set *set = container_of(node, struct lock_set, node);
        if (set->inode == inode)
            return set;
    }
    return NULL;
}

static struct lock_set *set_create(struct inode *inode)
{
    struct lock_set *set = kzalloc(sizeof(*set));
    if (!set)
        return NULL;
    set->inode = inode;
    hash_init(&set->owners);
    list_init(&set->by_age[0]);
    list_init(&set->by_age[1]);
    list_init(&set->waiters);
    list_init(&set->leases);
    list_init(&set->breakers);
    wait_queue_init(&set->lease_changed);
    mutex_init(&set->mutex, "file locks", RANK_LOCKS);
    return set;
}

/* If there is no set one is made without the lock, and the set is looked up again: another thread
 * may have made one meanwhile. */
struct lock_set *lock_set_get(struct inode *inode, bool create)
{
    struct lock_set *fresh = NULL;
    for (;;) {
        spin_lock(&locks_lock);
        struct lock_set *set = find_set(inode);
        if (!set && fresh) {
            hash_insert(&sets, &fresh->node, hash_u64((uint64_t)inode));
            set = fresh;
            fresh = NULL;
        }
        if (set)
            set->refs++;
        spin_unlock(&locks_lock);
        if (set || !create) {
            kfree(fresh);
            return set;
        }
        fresh = set_create(inode);
        if (!fresh)
            return NULL;
    }
}

void lock_set_put(struct lock_set *set)
{
    spin_lock(&locks_lock);
    bool last = --set->refs == 0;
    if (last)
        hash_remove(&sets, &set->node);
    spin_unlock(&locks_lock);
    if (!last)
        return;
    hash_free(&set->owners);
    kfree(set);
}

/* ---- Numbers ---- */

void lock_number_add(struct lock_number *number, struct lock_set *set)
{
    number->set = set;
    spin_lock(&locks_lock);
    set->refs++;
    tree_insert(&numbers, &number->node, ++last_number);
    spin_unlock(&locks_lock);
}

void lock_number_remove(struct lock_number *number)
{
    spin_lock(&locks_lock);
    tree_remove(&numbers, &number->node);
    number->set->refs--;
    spin_unlock(&locks_lock);
}

static struct lock_number *find_number(uint64_t key)
{
    struct tree_node *node = tree_ceil(&numbers, key);
    return node ? container_of(node, struct lock_number, node) : NULL;
}

/* What was found may be freed before the mutex is taken, so it is looked up again afterwards. While
 * the mutex is held it cannot be freed. */
struct lock_number *lock_number_from(uint64_t key)
{
    do {
        spin_lock(&locks_lock);
        struct lock_number *number = find_number(key);
        struct lock_set *set = number ? number->set : NULL;
        if (number) {
            key = number->node.key;
            set->refs++;
        }
        spin_unlock(&locks_lock);
        if (!number)
            return NULL;
        mutex_lock(&set->mutex);
        spin_lock(&locks_lock);
        number = find_number(key);
        spin_unlock(&locks_lock);
        if (number && number->node.key == key)
            return number;
        mutex_unlock(&set->mutex);
        lock_set_put(set);
    } while (cond_resched());
    return NULL;
}

/* ---- Owners. Lock: set->mutex held. ---- */

static uint32_t owner_hash(const void *owner, bool is_flock)
{
    return hash_u64((uint64_t)owner + is_flock);
}

static struct lock_owner *find_owner(struct lock_set *set, const void *table_or_file, bool is_flock)
{
    struct hash_node *node = hash_first(&set->owners, owner_hash(table_or_file, is_flock));
    for (; node; node = hash_next(node)) {
        struct lock_owner *owner = container_of(node, struct lock_owner, node);
        if (owner->table_or_file == table_or_file && owner->is_flock == is_flock)
            return owner;
    }
    return NULL;
}

static void owner_add(struct lock_set *set, struct lock_owner *owner,
                      const struct lock_range *range)
{
    *owner = (struct lock_owner){.table_or_file = range->owner, .is_flock = range->is_flock};
    hash_insert(&set->owners, &owner->node, owner_hash(owner->table_or_file, owner->is_flock));
    list_add_tail(&set->by_age[owner->is_flock], &owner->by_age);
    lock_number_add(&owner->number, set);
}

/* Frees an owner that has no locks any more. The caller has a reference of its own to the set. */
static void owner_drop_if_empty(struct lock_set *set, struct lock_owner *owner)
{
    if (owner->trees[0].root || owner->trees[1].root)
        return;
    assert(!owner->waiters.root); /* each was woken when the byte it waits at was unlocked */
    hash_remove(&set->owners, &owner->node);
    list_remove(&owner->by_age);
    lock_number_remove(&owner->number);
    kfree(owner);
}

static struct file_lock *lock_of(struct tree_node *node)
{
    return node ? container_of(node, struct file_lock, node) : NULL;
}

/* The lowest lock of a tree that overlaps [start, end]. */
static struct file_lock *first_in(const struct tree *tree, int64_t start, int64_t end)
{
    struct file_lock *lock = lock_of(tree_floor(tree, (uint64_t)start));
    if (lock && lock->end >= start)
        return lock;
    lock = lock_of(tree_ceil(tree, (uint64_t)start));
    return lock && (int64_t)lock->node.key <= end ? lock : NULL;
}

/* The lowest of an owner's locks that conflicts with a lock of others on the range. *is_write is
 * its kind. */
static struct file_lock *owner_bars(const struct lock_owner *owner, const struct lock_range *range,
                                    bool *is_write)
{
    struct file_lock *writes = first_in(&owner->trees[true], range->start, range->end);
    struct file_lock *reads =
        range->is_write ? first_in(&owner->trees[false], range->start, range->end) : NULL;
    *is_write = writes && (!reads || writes->node.key < reads->node.key);
    return *is_write ? writes : reads;
}

struct file_lock *lock_set_conflict(struct lock_set *set, const struct lock_range *range,
                                    struct lock_owner **holder, bool *is_write)
{
    struct lock_owner *owner;
    unsigned n = 0;
    list_for_each(owner, &set->by_age[range->is_flock], by_age) {
        if (++n % PIECE == 0)
            cond_resched();
        struct file_lock *lock =
            owner->table_or_file == range->owner ? NULL : owner_bars(owner, range, is_write);
        *holder = owner;
        if (lock)
            return lock;
    }
    return NULL;
}

struct file_lock *lock_set_own(struct lock_set *set, const struct lock_range *range,
                               struct lock_owner **holder, bool *is_write)
{
    struct lock_range any = *range;
    any.is_write = true;
    *holder = find_owner(set, range->owner, range->is_flock);
    return *holder ? owner_bars(*holder, &any, is_write) : NULL;
}

/* ---- Waiting ---- */

/* The owner for which this one waits; NULL if it does not wait. Lock: locks_lock held. */
static const void *waits_for(const void *owner)
{
    struct hash_node *node = hash_first(&waits, hash_u64((uint64_t)owner));
    for (; node; node = hash_next(node)) {
        struct lock_waiter *waiter = container_of(node, struct lock_waiter, wait);
        if (waiter->owner == owner && waiter->blocker)
            return waiter->blocker;
    }
    return NULL;
}

/* Does the blocker wait, perhaps through others, for the waiter's owner? Lock: locks_lock held. */
static bool would_deadlock(const struct lock_waiter *waiter)
{
    const void *blocker = waiter->blocker;
    for (int steps = 0; blocker && steps < 10; steps++) {
        blocker = waits_for(blocker);
        if (blocker == waiter->owner)
            return true;
    }
    return false;
}

/* Sleeps until the blocker, whose lock conflicts with the range, has changed its locks there. 0,
 * -EDEADLK or -ERESTARTSYS. Lock: set->mutex held; it is released during the sleep. */
static int wait_for(struct lock_set *set, const struct lock_range *range,
                    struct lock_owner *blocker, const struct file_lock *lock)
{
    struct lock_waiter waiter = {.owner = range->owner,
                                 .blocker = blocker->table_or_file,
                                 .holder = blocker,
                                 .wanted = range};
    wait_queue_init(&waiter.freed);
    spin_lock(&locks_lock);
    bool deadlock = range->finds_deadlocks && would_deadlock(&waiter);
    if (!deadlock && range->finds_deadlocks)
        hash_insert(&waits, &waiter.wait, hash_u64((uint64_t)waiter.owner));
    spin_unlock(&locks_lock);
    if (deadlock)
        return -EDEADLK;
    list_add_tail(&set->waiters, &waiter.node);
    tree_insert(&blocker->waiters, &waiter.at, max(lock->node.key, (uint64_t)range->start));
    int interrupted =
        wait_on_mutex(&waiter.freed, &set->mutex, WAIT_SIGNALS, NO_DEADLINE, "file lock");
    list_remove(&waiter.node);
    if (waiter.blocker)
        tree_remove(&blocker->waiters, &waiter.at);
    spin_lock(&locks_lock);
    if (range->finds_deadlocks)
        hash_remove(&waits, &waiter.wait);
    spin_unlock(&locks_lock);
    return interrupted ? -ERESTARTSYS : 0;
}

/* Wakes the threads that wait for the owner's locks in the range, after these have changed. */
static void wake_waiters(struct lock_set *set, const struct lock_range *range)
{
    struct lock_waiter *waiter;
    unsigned n = 0;
    list_for_each(waiter, &set->waiters, node) {
        const struct lock_range *wanted = waiter->wanted;
        if (waiter->blocker != range->owner || wanted->is_flock != range->is_flock ||
            wanted->start > range->end || wanted->end < range->start)
            continue;
        tree_remove(&waiter->holder->waiters, &waiter->at);
        spin_lock(&locks_lock);
        waiter->blocker = NULL;
        spin_unlock(&locks_lock);
        if (++n <= WAKES_AT_ONCE)
            wake_all(&waiter->freed);
        else
            wake_later(&waiter->freed);
        if (n % PIECE == 0)
            cond_resched();
    }
    if (n > WAKES_AT_ONCE)
        wake_noted();
}

/* ---- Changes. Lock: set->mutex held. ---- */

static void lock_remove(struct tree *tree, struct file_lock *lock)
{
    tree_remove(tree, &lock->node);
    kfree(lock);
}

/* Removes [start, end] from the locks of a tree. A lock that extends beyond both ends is split, for
 * which *spare is used. */
static void carve(struct tree *tree, int64_t start, int64_t end, struct file_lock **spare)
{
    struct file_lock *lock;
    for (unsigned n = 1; (lock = first_in(tree, start, end)); n++) {
        int64_t from = (int64_t)lock->node.key, to = lock->end;
        struct file_lock *tail = NULL;
        if (from < start) {
            lock->end = start - 1;
            if (to > end) {
                assert(*spare);
                tail = *spare;
                *spare = NULL;
            }
        } else if (to > end) {
            tree_remove(tree, &lock->node);
            tail = lock;
        } else {
            lock_remove(tree, lock);
        }
        if (tail) {
            tail->end = to;
            tail->file = lock->file;
            tree_insert(tree, &tail->node, (uint64_t)end + 1);
        }
        if (n % PIECE == 0)
            cond_resched();
    }
}

/* Adds [start, end] to a tree as one lock with those that it touches. As on Linux the lowest of
 * these says through which file it was set. */
static void merge(struct tree *tree, int64_t start, int64_t end, struct file_lock *fresh)
{
    int64_t below = start > 0 ? start - 1 : 0, above = end < INT64_MAX ? end + 1 : end;
    struct file_lock *lock;
    fresh->end = end;
    for (unsigned n = 1; (lock = first_in(tree, below, above)); n++) {
        start = min(start, (int64_t)lock->node.key);
        fresh->end = max(fresh->end, lock->end);
        if (n == 1)
            fresh->file = lock->file;
        lock_remove(tree, lock);
        if (n % PIECE == 0)
            cond_resched();
    }
    tree_insert(tree, &fresh->node, (uint64_t)start);
}

/* Is the whole range locked in that way already? Then there is nothing to change. */
static bool has_already(const struct lock_owner *owner, const struct lock_range *range)
{
    struct file_lock *lock =
        lock_of(tree_floor(&owner->trees[range->is_write], (uint64_t)range->start));
    return lock && lock->end >= range->end;
}

/* Removes a flock that is to change its kind, before the new kind is asked for. As on Linux another
 * owner may get its lock in between, and if the change fails the former lock is lost. */
static void let_go(struct lock_set *set, const struct lock_range *range)
{
    struct lock_owner *owner = find_owner(set, range->owner, true);
    if (!owner)
        return;
    carve(&owner->trees[!range->is_write], range->start, range->end, NULL);
    wake_waiters(set, range);
    owner_drop_if_empty(set, owner);
}

/* The memory that a change may need. */
struct stock {
    struct file_lock *fresh, *spare;
    struct lock_owner *owner;
};

/* To remove all locks no memory is needed: the end of a file cannot fail. */
static int stock_fill(struct stock *stock, const struct lock_range *range, bool clear)
{
    *stock = (struct stock){0};
    if (clear && range->start == 0 && range->end == INT64_MAX)
        return 0;
    stock->fresh = kmalloc(sizeof(*stock->fresh));
    stock->spare = kmalloc(sizeof(*stock->spare));
    stock->owner = kmalloc(sizeof(*stock->owner));
    return stock->fresh && stock->spare && stock->owner ? 0 : -ENOLCK;
}

static void perform(struct lock_set *set, const struct lock_range *range, bool clear,
                    struct stock *stock)
{
    struct lock_owner *owner = find_owner(set, range->owner, range->is_flock);
    if (!owner && !clear) {
        owner = stock->owner;
        stock->owner = NULL;
        owner_add(set, owner, range);
    }
    if (!owner)
        return;
    owner->pid = range->pid;
    if (!clear && has_already(owner, range))
        return;
    carve(&owner->trees[!range->is_write], range->start, range->end, &stock->spare);
    if (clear) {
        carve(&owner->trees[range->is_write], range->start, range->end, &stock->spare);
    } else {
        stock->fresh->file = range->file;
        merge(&owner->trees[range->is_write], range->start, range->end, stock->fresh);
        stock->fresh = NULL;
    }
    wake_waiters(set, range);
    if (clear)
        owner_drop_if_empty(set, owner);
}

int lock_set_change(struct lock_set *set, const struct lock_range *range, bool clear, bool wait)
{
    struct stock stock;
    struct lock_owner *blocker;
    struct file_lock *lock;
    bool is_write;
    int err = stock_fill(&stock, range, clear);
    mutex_lock(&set->mutex);
    if (!err && !clear && range->is_flock)
        let_go(set, range);
    while (!err && !clear && (lock = lock_set_conflict(set, range, &blocker, &is_write)))
        err = wait ? wait_for(set, range, blocker, lock) : -EAGAIN;
    if (!err)
        perform(set, range, clear, &stock);
    mutex_unlock(&set->mutex);
    kfree(stock.fresh);
    kfree(stock.spare);
    kfree(stock.owner);
    return err;
}

void lock_drop(struct inode *inode, const void *owner)
{
    if (__atomic_load_n(&sets.count, __ATOMIC_ACQUIRE) == 0)
        return;
    struct lock_set *set = lock_set_get(inode, false);
    if (!set)
        return;
    struct lock_range all = {.owner = owner, .end = INT64_MAX};
    lock_set_change(set, &all, true, false);
    all.is_flock = true;
    lock_set_change(set, &all, true, false);
    lock_set_put(set);
}
