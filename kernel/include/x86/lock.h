/* Locks that spin, and the order in which all locks are taken. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include "lib.h"
#include "x86/cpu.h"

/* The order in which locks are taken. A lock may be taken only if its rank is greater than every
 * rank that the thread (for mutexes) or the processor (for spinlocks) holds already, so no circle
 * of threads can wait for each other. A thread that holds a spinlock must not sleep and must not
 * copy from or to user memory; one that holds a mutex (sched.h) may do both. X(RANK, name). */
/* clang-format off */
#define LOCK_RANKS(X) \
    /* mutexes */ \
    X(POSITION, "file position")       /* vfs: an open file's position, over a read or write */ \
    X(RENAME, "rename")                /* vfs: moves of directories, one at a time */ \
    X(TTY, "terminal")                 /* dev: one terminal's readers */ \
    X(PIPE, "pipe")                    /* ipc: one pipe's contents */ \
    X(LOCKS, "file locks")             /* vfs: the locks that programs put on one file */ \
    X(CONTENTS, "file contents")       /* vfs: a file's contents; of two the lower address */ \
    X(CONTENTS_2, "file contents (2nd)") \
    X(EXEC, "exec")                    /* proc: a space in use: exec must not replace it */ \
    /* spinlocks */ \
    X(SPACE, "space")                  /* mm: an address space; taken by page faults */ \
    X(FDS, "descriptors")              /* vfs: a descriptor table */ \
    X(FILE, "file")                    /* vfs: an open file's position and flags */ \
    X(INODE, "inode")                  /* vfs: an inode; a directory before its dentries */ \
    X(INODE_2, "inode (2nd)")          /* of two the ancestor first, or the lower address */ \
    X(INODE_3, "inode (3rd)") \
    X(INODE_4, "inode (4th)") \
    X(NAMES, "names")                  /* vfs: names and parents of all dentries */ \
    X(BACKING, "backing")              /* mm: which VMAs map a file */ \
    X(ITIMER, "interval timer")        /* proc: the setting of an interval timer */ \
    X(PROC, "processes")               /* proc: the process tree, groups, exit and wait */ \
    X(SIGNAL, "signals")               /* proc: a process's pending signals and actions */ \
    X(ACTIONS, "signal actions")       /* proc: actions that several processes share */ \
    X(USERS, "users")                  /* vfs: the users that are counted */ \
    X(DEVICE, "device")                /* dev: a ring that an interrupt fills */ \
    X(FUTEX, "futex")                  /* ipc: which threads sleep on which word */ \
    X(WAITQ, "wait queue")             /* sched: a wait queue */ \
    X(LATER, "waiters")                /* sched: the waiters that are still to be woken */ \
    X(TIMER, "timers")                 /* sched: all timers */ \
    X(RUNQ, "run queue")               /* sched: a processor's run queue */ \
    X(OBJECT, "objects")               /* mm: a small-object cache */ \
    X(FRAME, "frames")                 /* mm: free frames */ \
    X(SHOOTDOWN, "shootdown")          /* x86: one TLB shootdown at a time */ \
    X(LOG, "log")                      /* last: a line can be logged with any lock held */
/* clang-format on */
#define LOCK_RANK(rank, name) RANK_##rank,
enum lock_rank { RANK_NONE, LOCK_RANKS(LOCK_RANK) N_LOCK_RANKS };
#undef LOCK_RANK
extern const char *const lock_rank_names[N_LOCK_RANKS]; /* for reports */

struct spinlock {
    uint32_t taken; /* atomic: 0 if free, otherwise the lock_mark of the processor that holds it */
    uint16_t rank;
    uint16_t held; /* the rank under which it is held now */
    const char *name;
};

#define SPINLOCK(lock_name, lock_rank) ((struct spinlock){.name = (lock_name), .rank = (lock_rank)})

static inline void spin_init(struct spinlock *lock, const char *name, enum lock_rank rank)
{
    *lock = SPINLOCK(name, rank);
}

/* ---- The short paths, inlined; the rest and the explanation are in spinlock.c ---- */

/* 1 << rank. A table, because a shift by a variable is expensive under emulation. */
extern const uint64_t spin_rank_bit[64];
/* The long paths: waits until the lock is taken, or panics because of a wrong order or release. */
void spin_wait(struct spinlock *lock, unsigned rank);
_Noreturn void spin_not_held(const struct spinlock *lock);

static inline bool spin_try(struct spinlock *lock, uint32_t mark)
{
    uint32_t free = 0;
    return __atomic_compare_exchange_n(&lock->taken, &free, mark, false, __ATOMIC_ACQUIRE,
                                       __ATOMIC_RELAXED);
}

/* Takes the lock under another rank than its own, because one of its kind is held already. */
static inline void spin_lock_as(struct spinlock *lock, unsigned rank)
{
    struct cpu *cpu = this_cpu();
    uint64_t bit = spin_rank_bit[rank];
    if (unlikely(cpu->spin_ranks >= bit || !spin_try(lock, cpu->lock_mark)))
        spin_wait(lock, rank);
    cpu->spin_ranks |= bit;
    lock->held = (uint16_t)rank;
}

static inline void spin_lock(struct spinlock *lock)
{
    spin_lock_as(lock, lock->rank);
}

static inline void spin_unlock(struct spinlock *lock)
{
    struct cpu *cpu = this_cpu();
    if (unlikely(lock->taken != cpu->lock_mark))
        spin_not_held(lock);
    cpu->spin_ranks ^= spin_rank_bit[lock->held];
    __atomic_store_n(&lock->taken, 0, __ATOMIC_RELEASE);
}
