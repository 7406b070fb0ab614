/* What other annexes may ask of the annex locks: which locks there are, and the settings of leases.
 */
/* SPDX-License-Identifier: MIT */
#pragma once

#include "vfs.h"

/* /proc/sys/fs: how many seconds a lease's holder has to give it up (0 or less: no limit), and
 * whether new leases can be set. Atomic. */
extern int lease_break_seconds, leases_enabled;

/* ---- Locks on files, for /proc ---- */

struct lock_seen {
    int64_t start, end; /* both included */
    int pid; /* of the process that set it; -1: it belongs to an open file (F_OFD_SETLK) */
    bool is_write;
    const void *through; /* the open file through which it was set; only to be compared */
};
/* One of all files' locks. */
struct lock_told {
    struct lock_seen lock;
    const struct inode *inode; /* NULL for LEASE_BREAKER */
    uint64_t n;    /* its number in the listing, from 1 on, or that of the lock it waits for */
    bool is_flock; /* of a whole file */
    bool waits;    /* a thread waits to set it */
    /* LEASE_BREAKING: a lease that must end or change; LEASE_BREAKER: a thread that waits for it */
    enum { NO_LEASE, LEASE_ACTIVE, LEASE_BREAKING, LEASE_BREAKER } lease;
    bool ends; /* the lease must end; lock.is_write: it is to write, or must become so */
};
/* The owner of the record locks that a thread sets: only to be compared. NULL if the thread has
 * ended. The context may be of another thread, as for fd_next. */
const void *fs_lock_owner(struct fs_context *fs);
/* Finds the lowest lock of that owner on the file, from byte `from` on: one of the whole file
 * (flock) or of records. The owner is from fs_lock_owner, or the open file itself. False: there is
 * none. May sleep. */
bool file_lock_seen(struct file *file, const void *owner, bool is_flock, int64_t from,
                    struct lock_seen *seen);

/* Describes the lease of an open file; all fields are set but n. False: it has none. May sleep. */
bool file_lease_seen(struct file *file, struct lock_told *told);

/* The position of a listing of the locks of all files; all 0 at first. */
struct locks_cursor {
    uint64_t owner, start; /* owners are listed by age, and the locks of one by their start */
    uint64_t n;            /* how many locks were listed */
};
/* Calls `tell` for some locks from the cursor on and moves the cursor. Each lock is followed by
 * those that wait for it. False: there are no more. `tell` is called with a lock set's mutex held,
 * so it must not lock files. May sleep. */
bool locks_list(struct locks_cursor *cursor, void (*tell)(void *arg, const struct lock_told *told),
                void *arg);
