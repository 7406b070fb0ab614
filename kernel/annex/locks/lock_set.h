/* The locks on one file: the interface of lock_set.c to lock.c, lock_list.c and lease.c. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include "locks.h"
#include "vfs/local.h"

/* What a listing finds by its number: an owner of locks, or a lease. */
struct lock_number {
    struct tree_node node; /* in the tree of the numbers of all sets; the key is unique */
    struct lock_set *set;  /* referenced */
    bool is_lease;
};

struct file_lock {
    struct tree_node node; /* in its owner's tree; key: the first byte */
    int64_t end;           /* the last byte */
    const void *file;      /* through which it was set, for /proc; only compared */
};

struct lock_owner {
    struct hash_node node;     /* in set->owners */
    struct list by_age;        /* in set->by_age */
    const void *table_or_file; /* struct fd_table or struct file */
    int pid;                   /* for F_GETLK; -1 for locks of an open file */
    bool is_flock;
    struct tree trees[2]; /* of struct file_lock: to read, to write */
    struct tree waiters;  /* struct lock_waiter.at: the threads that wait for its locks */
    struct lock_number number;
};

struct lock_set {
    struct hash_node node;
    struct inode *inode; /* not referenced: the locks are removed when its files are closed */
    uint32_t refs;       /* owners, leases, and calls that use it; guarded by locks_lock */
    struct mutex mutex;  /* rank RANK_LOCKS */
    /* guarded by mutex: */
    struct hash owners;
    struct list by_age[2]; /* owners of records; of whole files (flock) */
    struct list waiters;   /* struct lock_waiter */
    struct list leases;    /* struct lease of lease.c */
    struct list breakers;  /* struct breaker of lease.c */
    struct wait_queue lease_changed;
};

/* A lock that is asked for: bytes, both ends included, and its owner. */
struct lock_range {
    const void *owner;
    const struct file *file; /* through which it is asked for */
    int64_t start, end;
    int pid;
    bool is_write, is_flock;
    bool finds_deadlocks;
};

/* A thread that waits in lock_set_change. It is on the stack of that thread. */
struct lock_waiter {
    struct list node;      /* in set->waiters, in order of arrival */
    struct hash_node wait; /* by owner, if range->finds_deadlocks */
    const void *owner;
    const void *blocker;       /* owner of the conflicting lock, then NULL; guarded by locks_lock */
    struct lock_owner *holder; /* the same; valid while `blocker` is not NULL */
    struct tree_node at;       /* in holder->waiters; its key is a byte that both want */
    const struct lock_range *wanted;
    struct wait_queue freed;
};

/* The set of an inode, referenced, made if there is none and `create` is set. NULL: there is none,
 * or no memory. */
struct lock_set *lock_set_get(struct inode *inode, bool create);
void lock_set_put(struct lock_set *set); /* drops a reference; frees the set with the last */
/* A lock of another owner that conflicts with the range: the lowest one of the eldest owner that
 * has any. NULL: there is none. *holder is its owner. Lock: set->mutex held. */
struct file_lock *lock_set_conflict(struct lock_set *set, const struct lock_range *range,
                                    struct lock_owner **holder, bool *is_write);
/* The lowest of the owner's own locks in the range. NULL: it has none. Lock: set->mutex held. */
struct file_lock *lock_set_own(struct lock_set *set, const struct lock_range *range,
                               struct lock_owner **holder, bool *is_write);
/* Sets or clears a lock. If another owner's lock conflicts it waits or fails, as `wait` says. 0,
 * -EAGAIN, -EDEADLK, -ENOLCK, -ERESTARTSYS. Takes set->mutex. */
int lock_set_change(struct lock_set *set, const struct lock_range *range, bool clear, bool wait);
/* Gives an owner or a lease of the set its number, and a reference to the set; or removes both. The
 * caller has a reference of its own to the set. Lock: set->mutex held. */
void lock_number_add(struct lock_number *number, struct lock_set *set);
void lock_number_remove(struct lock_number *number);
/* The owner or lease of that number or of the next higher one, with its set referenced and the
 * set's mutex taken. NULL: there is none, or the caller was killed. */
struct lock_number *lock_number_from(uint64_t key);
/* Calls `tell` for a lease, which is the n-th lock of a listing. The first lease of a file is
 * followed by the threads that wait for leases of the file. Lock: set->mutex held. */
void lease_list(struct lock_number *number, uint64_t n,
                void (*tell)(void *arg, const struct lock_told *told), void *arg);

/* The commands F_GETLK to F_OFD_SETLKW: 0 or -errno. */
int lock_record(struct fs_context *fs, struct file *file, unsigned command, uaddr_t arg);
/* F_SETLEASE of the descriptor fd: 0, -EINVAL, -EACCES, -EAGAIN, -ENOMEM. */
int lease_set(struct fs_context *fs, struct file *file, int fd, uint64_t type);
int lease_get(const struct file *file); /* F_GETLEASE: its type, or the one it must become */

/* F_SETOWN by the context's user; the number is in use. */
void file_set_owner(struct fs_context *fs, struct file *file, uint8_t type, int pid);
/* Is it the number of a process, a thread, a group or a session? Takes proc_lock. */
bool file_owner_exists(int number);
/* Sends the file's owner its signal, if the process that named the owner may signal it. If F_SETSIG
 * chose the signal it carries this fd, si_code (POLL_*) and band. May sleep, as the owner may be a
 * group. Takes proc_lock. */
void file_signal_owner(const struct file *file, int fd, int code, long band);

/* The functions of struct lock_ops (vfs/local.h), and what they need before the first file is
 * closed. */
void lock_setup(void);
void lock_drop(struct inode *inode, const void *owner);
long lock_fcntl(struct fs_context *fs, struct file *file, int fd, unsigned command, uint64_t arg);
void lease_drop(struct file *file);
int lease_ask(struct fs_context *fs, struct inode *inode, int flags);
