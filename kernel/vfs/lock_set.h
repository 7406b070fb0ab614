/* The locks on one file: what lock.c, which reads the calls, asks of lock_set.c, which keeps them.
 */
#pragma once

#include "vfs.h"

/* What a listing finds by its number: an owner of locks, or a lease. */
struct lock_number {
    struct tree_node node; /* among those of all sets; each has another number */
    struct lock_set *set;  /* referenced */
    bool is_lease;
};

struct file_lock {
    struct tree_node node; /* in its owner's tree; key: the first byte */
    int64_t end;           /* the last byte */
};

struct lock_owner {
    struct hash_node node; /* in set->owners */
    struct list by_age;    /* in set->by_age */
    const void *who;       /* struct fd_table or struct file */
    int pid;               /* what F_GETLK tells; -1 for open-file locks */
    bool is_flock;
    struct tree trees[2]; /* of struct file_lock: to read, to write */
    struct tree waiters;  /* struct lock_waiter.at: those whom it keeps waiting */
    struct lock_number number;
};

struct lock_set {
    struct hash_node node;
    struct inode *inode; /* not referenced: its files' end drops the locks */
    uint32_t refs;       /* owners, leases, and calls that are at work */
    struct mutex mutex;  /* rank RANK_LOCKS */
    /* guarded by mutex: */
    struct hash owners;
    struct list by_age[2]; /* owners of records; of whole files (flock) */
    struct list waiters;   /* struct lock_waiter */
    struct list leases;    /* lease.c's */
    struct list breakers;  /* lease.c's: what waits for leases to end */
    struct wait_queue lease_changed;
};

/* What is asked for: bytes, both ends included, and by whom. */
struct lock_range {
    const void *owner;
    int64_t start, end;
    int pid;
    bool is_write, is_flock;
    bool finds_deadlocks;
};

/* A thread that waits in lock_set_change, on its stack. */
struct lock_waiter {
    struct list node;      /* in set->waiters, in the order in which they came */
    struct hash_node wait; /* by owner, if range->finds_deadlocks */
    const void *owner;
    const void *blocker;      /* the owner in the way, NULL when it let go; guarded by locks_lock */
    struct lock_owner *whose; /* the same; valid while `blocker` is not NULL */
    struct tree_node at;      /* in whose->waiters; key: a byte that is in the way */
    const struct lock_range *wanted;
    struct wait_queue freed;
};

/* The set of an inode, with a reference; NULL: there is none, or no memory. */
struct lock_set *lock_set_get(struct inode *inode, bool create);
void lock_set_put(struct lock_set *set);
/* The lock of another owner that stands in the way: of the eldest owner that has one, the lowest.
 * *whose is its owner. The set's mutex is held. */
struct file_lock *lock_set_conflict(struct lock_set *set, const struct lock_range *range,
                                    struct lock_owner **whose, bool *is_write);
/* The lowest of the owner's own locks in the range. The set's mutex is held. */
struct file_lock *lock_set_own(struct lock_set *set, const struct lock_range *range,
                               struct lock_owner **whose, bool *is_write);
/* Sets or clears a lock; waits for it if asked. 0, -EAGAIN, -EDEADLK, -ENOLCK, -ERESTARTSYS. */
int lock_set_change(struct lock_set *set, const struct lock_range *range, bool clear, bool wait);
/* Gives an owner or a lease of the set its number, with a reference to the set; takes both back, of
 * which the caller has another reference. The set's mutex is held. */
void lock_number_add(struct lock_number *number, struct lock_set *set);
void lock_number_remove(struct lock_number *number);
/* The owner or lease of that number or the next higher, with a reference to its set, whose mutex is
 * taken; NULL where there is none, or the caller must end. */
struct lock_number *lock_number_from(uint64_t key);
/* Tells of a lease, the n-th lock of a listing, and after a file's first of what waits for the
 * file's. The set's mutex is held. */
void lease_list(struct lock_number *number, uint64_t n,
                void (*tell)(void *arg, const struct lock_told *told), void *arg);
