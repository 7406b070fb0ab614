/* Lists the locks and leases on all files, and the threads that wait for them, for /proc/locks. */
/* SPDX-License-Identifier: MIT */
#include "lock_set.h"

enum { MOST_TOLD = 64 }; /* locks that are listed in one go with a set's mutex held */

struct telling {
    void (*tell)(void *arg, const struct lock_told *told);
    void *arg;
    struct lock_owner *owner;
    uint64_t n;
};

static void tell_lock(const struct telling *telling, const struct file_lock *lock, bool is_write)
{
    struct lock_told told = {
        .lock = {.start = (int64_t)lock->node.key,
                 .end = lock->end,
                 .pid = telling->owner->pid,
                 .is_write = is_write},
        .inode = telling->owner->number.set->inode,
        .n = telling->n,
        .is_flock = telling->owner->is_flock,
    };
    telling->tell(telling->arg, &told);
}

/* Lists what waits for the lock. Each waiter waits at a byte that its owner has locked. */
static void tell_waiters(const struct telling *telling, const struct file_lock *lock)
{
    struct tree *waiters = &telling->owner->waiters;
    struct tree_node *node = tree_ceil(waiters, lock->node.key);
    for (; node && node->key <= (uint64_t)lock->end; node = tree_next(waiters, node)) {
        const struct lock_range *wanted = container_of(node, struct lock_waiter, at)->wanted;
        struct lock_told told = {
            .lock = {.start = wanted->start,
                     .end = wanted->end,
                     .pid = wanted->pid,
                     .is_write = wanted->is_write},
            .inode = telling->owner->number.set->inode,
            .n = telling->n,
            .is_flock = wanted->is_flock,
            .waits = true,
        };
        telling->tell(telling->arg, &told);
        cond_resched();
    }
}

/* Lists some locks of an owner. False: that was all. Lock: the set's mutex held. */
static bool tell_owner(struct telling *telling, struct locks_cursor *cursor)
{
    struct lock_owner *owner = telling->owner;
    struct lock_range rest = {
        .owner = owner->table_or_file, .is_flock = owner->is_flock, .end = INT64_MAX};
    for (int i = 0; i < MOST_TOLD; i++) {
        bool is_write;
        rest.start = (int64_t)cursor->start;
        const struct file_lock *lock = lock_set_own(owner->number.set, &rest, &owner, &is_write);
        if (!lock)
            return false;
        telling->n = ++cursor->n;
        tell_lock(telling, lock, is_write);
        tell_waiters(telling, lock);
        if (lock->end == INT64_MAX)
            return false;
        cursor->start = (uint64_t)lock->end + 1;
    }
    return true;
}

bool locks_list(struct locks_cursor *cursor, void (*tell)(void *arg, const struct lock_told *told),
                void *arg)
{
    bool more = false;
    struct lock_number *number = lock_number_from(cursor->owner);
    if (!number)
        return false;
    struct lock_set *set = number->set;
    if (cursor->owner != number->node.key) /* the owner at the cursor has no locks any more */
        *cursor = (struct locks_cursor){.owner = number->node.key, .n = cursor->n};
    if (number->is_lease) {
        lease_list(number, ++cursor->n, tell, arg);
    } else {
        struct lock_owner *owner = container_of(number, struct lock_owner, number);
        struct telling telling = {.tell = tell, .arg = arg, .owner = owner};
        more = tell_owner(&telling, cursor);
    }
    if (!more)
        *cursor = (struct locks_cursor){.owner = cursor->owner + 1, .n = cursor->n};
    mutex_unlock(&set->mutex);
    lock_set_put(set);
    return true;
}
