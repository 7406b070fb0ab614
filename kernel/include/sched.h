/* The sched room: threads and the choice of which one runs, waiting and waking, locks that sleep,
 * timers and clocks.
 *
 * Lock: a wait queue's lock (RANK_WAITQ) guards its waiters; a run queue's lock (RANK_RUNQ) guards
 * the state of its threads; the timers' lock (RANK_TIMER) guards the tree of timers. All are taken
 * inside. A thread gives up the processor only in wait_*, sleep_until, mutex_lock, thread_yield,
 * thread_handoff, cond_resched, sched_preempt and thread_exit, and never with a spinlock held.
 *
 * Read thread.c and timer.c first, then queue.c: the scheduler and the thread switch. Then wait.c
 * and mutex.c; then deadline.c and yield.c.
 *
 * Upper rooms fill in the fields of struct thread that are marked as proc's.
 * sched_let_run is the hook `resched`, by which mm lets other threads run. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "abi/types.h"
#include "lib.h"
#include "mm.h"
#include "x86.h"

struct process; /* proc.h */
struct thread;
struct tracee; /* the state of a thread that is traced: see tracer_hooks in proc.h */

/* ---- Wait queues ---- */

struct wait_queue {
    struct spinlock lock;
    struct list waiters; /* guarded by lock: of struct waiter.node */
};
/* clang-format off */
#define WAIT_QUEUE(variable) \
    {.lock = {.rank = RANK_WAITQ, .name = #variable}, .waiters = LIST_INIT((variable).waiters)}
/* clang-format on */

struct waiter {
    struct list node;         /* guarded by queue->lock; in no list after a wake-up */
    struct wait_queue *queue; /* atomic: wake_all may move it to another */
    struct thread *thread;
    const void *what; /* the mutex, since several mutexes share a queue; otherwise NULL */
};

/* Results of interrupted calls, inside the kernel only: on the way to user mode, proc turns them
 * into -EINTR or restarts the call. The wait functions below return -EINTR; a call that Linux
 * restarts (read, write, wait4 ...) returns -ERESTARTSYS instead. */
enum { ERESTARTSYS = 512, ERESTARTNOINTR = 513, ERESTARTNOHAND = 514, ERESTART_RESTARTBLOCK = 516 };

enum wait_kind {
    WAIT_FIRM,    /* only the awaited event or the deadline ends it */
    WAIT_SIGNALS, /* a signal that is to be delivered ends it: -EINTR */
    WAIT_KILL,    /* only a deadly signal ends it early: -EINTR */
};
#define NO_DEADLINE UINT64_MAX /* a deadline is a time of clock_ns() */

void wait_queue_init(struct wait_queue *queue);
/* Wait as for a condition variable. The caller holds the lock that guards its condition; it is
 * released during the sleep and held again on return. 0 after a wake-up (check the condition
 * again), -EINTR, or -ETIMEDOUT. `what` names the wait in /proc and reports. */
int wait_on_spin(struct wait_queue *queue, struct spinlock *lock, enum wait_kind kind,
                 uint64_t deadline_ns, const char *what);
struct mutex;
int wait_on_mutex(struct wait_queue *queue, struct mutex *mutex, enum wait_kind kind,
                  uint64_t deadline_ns, const char *what);
/* To wait for several queues at once (poll): wait_begin, waiter_add for each queue, check the
 * conditions, wait_sleep (or wait_begin again if a condition holds), waiter_remove for each. A
 * wake-up at any time after waiter_add is not lost. */
void waiter_add(struct waiter *waiter, struct wait_queue *queue);
void waiter_remove(struct waiter *waiter);
void wait_begin(void);
/* 0 after a wake-up, -EINTR or -ETIMEDOUT. */
int wait_sleep(enum wait_kind kind, uint64_t deadline_ns, const char *what);
void wake_all(struct wait_queue *queue);
/* For one event that wakes the waiters of many queues: wake_later moves those of a queue to a list.
 * The caller finishes with wake_noted, which wakes the first WAKES_AT_ONCE of the list. Each thread
 * that was woken from it wakes another one. */
enum { WAKES_AT_ONCE = 32 };
void wake_later(struct wait_queue *queue);
void wake_noted(void);
/* Wakes a thread that sleeps; why, it finds in wake_result. One that does not sleep yet, but has
 * called wait_begin, finds wake_pending if the result is 0. */
void thread_wake(struct thread *thread, int result);
/* A signal has come: ends the thread's sleep if its kind is `kind` or WAIT_SIGNALS, but never
 * WAIT_FIRM. A thread that runs in user mode on another processor is brought into the kernel.
 * The caller gives WAIT_SIGNALS for a signal, and WAIT_KILL for one that kills. */
void thread_interrupt(struct thread *thread, enum wait_kind kind);
/* 0 when the time has come, or -EINTR. */
int sleep_until(uint64_t deadline_ns, enum wait_kind kind, const char *what);

/* ---- Locks that sleep ---- */

struct mutex {
    struct thread *owner; /* atomic; NULL: the mutex is free */
    uint16_t rank;
    uint16_t held;  /* the rank under which it was locked */
    bool contended; /* atomic: a thread may sleep in `waiters` */
    const char *name;
    struct wait_queue *waiters; /* one of a few that all mutexes share, to keep mutexes small */
};
void mutex_init(struct mutex *mutex, const char *name, enum lock_rank rank);
bool mutex_trylock(struct mutex *mutex);
/* mutex_lock, mutex_lock_as and mutex_unlock are below struct thread. */

/* ---- Threads ---- */

/* How much a thread has read and written by system calls, for /proc/PID/io. */
struct io_counts {
    uint64_t n_reads, n_writes, read_bytes, written_bytes;
};

/* What the vfs needs to know of a thread: where its paths begin, its file descriptors, and its
 * process. vfs.h explains it; it is declared here because each thread has one. Only the thread
 * itself changes it, with the lock held; other threads read it with the lock held. All pointers are
 * NULL after the thread has dropped them. */
struct fs_context {
    struct spinlock lock;       /* rank RANK_FDS */
    struct fs_names *names;     /* referenced; shared by CLONE_FS */
    struct fd_table *fds;       /* referenced; shared by CLONE_FILES */
    struct fs_process *process; /* constant */
    struct io_counts io;        /* only the thread itself uses it */
};

enum thread_state { THREAD_NEW, THREAD_READY, THREAD_RUNNING, THREAD_ASLEEP, THREAD_DEAD };

struct thread {
    /* constant after creation, except that exec by another thread gives that thread the number of
     * the first */
    int tid;
    void *stack_top;
    struct process *process; /* NULL for kernel threads and idle */
    /* guarded by the lock of the run queue of `cpu`: */
    enum thread_state state; /* atomic to read */
    uint32_t cpu;            /* where it runs, ran last, or is queued */
    struct list run_node;
    uint64_t slice_left_ns;         /* the rest of its time slice when it runs next */
    uint64_t n_sleeps, n_preempted; /* as in struct usage */
    /* its stack pointer while it does not run; the lock is held until it is saved */
    uint64_t kernel_rsp;
    int wake_result; /* why it was woken: 0, -EINTR, -ETIMEDOUT */
    /* while it sleeps: */
    enum wait_kind wait_kind;
    const char *waits_for; /* the name of the wait, or NULL */
    bool wake_pending;     /* atomic: a wake-up came before it slept */
    /* used by the thread itself: */
    void (*start)(void *); /* called with start_arg when it first runs */
    void *start_arg;
    struct space *space; /* loaded while it runs; only the thread changes it, in exec */
    struct fs_context fs;
    uint64_t selectors;        /* DS, ES, FS, GS while it does not run: see user_selectors */
    uint64_t fs_base, gs_base; /* 0 if the selector is not null */
    struct fpu_state *fpu;     /* NULL before the first use of vector registers */
    uint64_t mutex_ranks;      /* the ranks of all mutexes it holds, as bits */
    uint64_t ns_mark;          /* when it was last switched to, or the time was last charged */
    uint64_t run_ns;           /* processor time before ns_mark */
    uint64_t system_ns;        /* how much of it was in the kernel: an estimate, see below */
    /* processor time when the timed part of this kernel entry began; 0: it is not timed */
    uint64_t call_start_ns;
    bool call_exact;    /* the timed part counts once, not 64 times */
    uint32_t n_entries; /* kernel entries by calls and faults */
    uint64_t n_faults;  /* resolved page faults */
    /* of an interrupted sleep that will be restarted; proc clears it for a handler */
    uint64_t restart_deadline_ns;
    uint8_t n_borrowed; /* proc's: pages of the reserve used in this call */
    bool borrows;       /* proc's: it may use the reserve now */
    uint64_t fail_nth;  /* fault injection: this allocation from now on fails; 0: none */
    /* proc's, guarded by process->signal_lock: */
    uint64_t signal_mask, signal_pending, saved_mask;
    /* signals that sigtimedwait waits for: they end its sleep but are not delivered */
    uint64_t signal_awaited;
    bool restore_mask;  /* saved_mask becomes the mask after the next handler or this call */
    bool signal_due;    /* atomic: check signals before returning to user mode */
    bool kill_due;      /* atomic: SIGKILL is pending, and ends every wait but WAIT_FIRM */
    struct list queued; /* struct pending_signal, for this thread only */
    uint64_t fault_trap, fault_error, fault_address; /* of the last fault, for signal frames */
    uint64_t altstack_start, altstack_bytes;
    uint32_t altstack_flags;
    struct list process_node; /* guarded by proc_lock: in process->threads */
    int nice;                 /* guarded by proc_lock; stored and reported, but without effect */
    uint64_t timer_slack_ns;  /* PR_SET_TIMERSLACK: how late its timers may be; in fact none is */
    uint64_t usual_slack_ns;  /* the parent's timer_slack_ns when it was created */
    uaddr_t clear_child_tid, robust_list;
    char name[16]; /* comm */
    struct vfork_wait
        *vfork; /* proc's, guarded by proc_lock: the parent's wait until it calls exec or ends */
    /* guarded by proc_lock, but the thread itself reads `traced` and `trap_due` without: */
    bool traced;           /* another thread decides how it goes on: see tracer_hooks in proc.h */
    bool trap_due;         /* it is to stop for its tracer; changed with signal_lock held, too */
    bool trapped;          /* it has stopped for its tracer, and hears no signal but SIGKILL */
    int tracer_tid;        /* the number of the thread that traces it, or 0 */
    struct tracee *tracee; /* the tracer's; NULL before the first time */
    struct list tracees;   /* the tracer's: struct tracee of those that this thread traces */
};

/* What threads have used, and how often they have left the processor. */
struct usage {
    uint64_t user_ns, system_ns;
    uint64_t n_faults;              /* resolved page faults */
    uint64_t n_sleeps, n_preempted; /* to wait for something; because another thread was to run */
    uint64_t most_resident; /* pages in memory, of the largest space that exec or exit has left */
    struct io_counts io;
};

static inline void usage_add(struct usage *sum, const struct usage *more)
{
    sum->user_ns += more->user_ns;
    sum->system_ns += more->system_ns;
    sum->n_faults += more->n_faults;
    sum->n_sleeps += more->n_sleeps;
    sum->n_preempted += more->n_preempted;
    sum->most_resident = max(sum->most_resident, more->most_resident);
    sum->io.n_reads += more->io.n_reads;
    sum->io.n_writes += more->io.n_writes;
    sum->io.read_bytes += more->io.read_bytes;
    sum->io.written_bytes += more->io.written_bytes;
}

/* ---- Locks that sleep: the fast path, inline ---- */

/* The slow path of mutex_lock: returns with the mutex locked, or panics if the order of ranks is
 * violated. */
void mutex_wait(struct mutex *mutex, unsigned rank);
void mutex_wake(struct mutex *mutex); /* the slow path of unlock */
_Noreturn void mutex_not_held(const struct mutex *mutex);

static inline bool mutex_try(struct mutex *mutex, struct thread *self)
{
    struct thread *no_owner = NULL;
    return __atomic_compare_exchange_n(&mutex->owner, &no_owner, self, false, __ATOMIC_SEQ_CST,
                                       __ATOMIC_RELAXED);
}

/* Locks it under another rank, as the second mutex of its kind. */
static inline void mutex_lock_as(struct mutex *mutex, unsigned rank)
{
    struct thread *self = current_thread();
    uint64_t bit = spin_rank_bit[rank];
    if (unlikely(self->mutex_ranks >= bit || this_cpu()->spin_ranks || !mutex_try(mutex, self)))
        mutex_wait(mutex, rank);
    mutex->held = (uint16_t)rank;
    self->mutex_ranks |= bit;
}

static inline void mutex_lock(struct mutex *mutex)
{
    mutex_lock_as(mutex, mutex->rank);
}

static inline void mutex_unlock(struct mutex *mutex)
{
    struct thread *self = current_thread();
    if (unlikely(mutex->owner != self))
        mutex_not_held(mutex);
    self->mutex_ranks ^= spin_rank_bit[mutex->held];
    __atomic_store_n(&mutex->owner, NULL, __ATOMIC_SEQ_CST);
    if (unlikely(__atomic_load_n(&mutex->contended, __ATOMIC_SEQ_CST)))
        mutex_wake(mutex);
}

/* A new thread that will run start(arg) on its own kernel stack; it is not in a run queue yet. It
 * holds no references to process and space: the caller keeps them alive. NULL when memory is
 * out. */
struct thread *thread_create(struct process *process, struct space *space, void (*start)(void *),
                             void *arg);
/* Makes a new thread ready: it runs when the caller sleeps, or on another processor. */
void thread_start(struct thread *thread);
/* Is the thread asleep and off its processor, so that all its registers are in memory? It stays so
 * while the caller keeps it from being woken. */
bool thread_is_at_rest(struct thread *thread);
/* Runs a new thread at once on this processor. The caller continues when that sleeps or ends, or on
 * another processor. After fork a child that soon calls exec or ends causes no page to be copied,
 * since its parent does not write meanwhile. */
void thread_handoff(struct thread *thread);
void thread_free(struct thread *thread); /* one that never started, or the argument of `last` */
/* Ends the calling thread. `last` is called with it when its stack is not used any more,
 * and frees it. */
_Noreturn void thread_exit(void (*last)(struct thread *thread));
void thread_yield(void);
/* The rest of the caller's time slice is dropped: when it is woken from its next sleep, it waits
 * its turn after all ready threads. For waits that end for thousands of threads at once. */
void thread_end_slice(void);
/* Called in the middle of a long call, about every 0.1 ms of work: lets other threads run. False if
 * the caller was killed and should stop. No spinlock is held; a mutex may be. */
bool cond_resched(void);
bool sched_let_run(bool wait); /* the same as a hook of mm; with `wait`, until another has run */
/* The same for transfers: called for each piece with its number of bytes. */
bool thread_resched(size_t n_moved);
/* Stores the current segment selectors and bases in the calling thread, since a program can load
 * selectors without a call. */
void thread_save_segments(struct thread *self);
/* Memory for thread->fpu with the vector registers' initial values; NULL when memory is out.
 * thread_free frees it. */
struct fpu_state *thread_fpu_alloc(void);
/* Called on the way to user mode if this processor's `resched` is set: switches to another thread
 * if its turn has come. */
void sched_preempt(void);

/* ---- Times of use ---- */

/* A thread's processor time is exact. How much of it was spent in the kernel is an estimate: one
 * kernel entry in 64 is timed and counts for all 64, because reading the clock in each entry would
 * make the shortest calls half as long again. A long entry is timed from its first cond_resched on,
 * and that part counts once: so the time of a program that makes few long calls does not depend on
 * chance. */
enum { ENTRIES_PER_SAMPLE = 64 };
void thread_sample_begin(struct thread *thread);
void thread_sample_end(struct thread *thread);
void thread_sample_long(struct thread *thread); /* called by cond_resched */
/* Called around each system call and each fault of a program. */
static inline void thread_enter_kernel(struct thread *thread)
{
    if (unlikely(++thread->n_entries % ENTRIES_PER_SAMPLE == 0))
        thread_sample_begin(thread);
}
static inline void thread_leave_kernel(struct thread *thread)
{
    if (unlikely(thread->call_start_ns))
        thread_sample_end(thread);
}
struct usage thread_usage(const struct thread *thread);

/* ---- Timers ---- */

struct timer {
    struct tree_node node; /* guarded by the timers' lock; key: the deadline in clock_ns() */
    bool armed;            /* guarded by the timers' lock: it is in the tree */
    /* Called on any processor, with no locks held. It may wake threads and set the timer again. */
    void (*fire)(struct timer *timer);
};
void timer_init(struct timer *timer, void (*fire)(struct timer *timer));
void timer_set(struct timer *timer, uint64_t deadline_ns);
void timer_cancel(struct timer *timer); /* afterwards `fire` is not running and will not run */

/* ---- Deadlines: times of clock_ns() ---- */

uint64_t realtime_ns(void); /* time of day since 1970: clock_ns() plus the time of the boot */
uint64_t deadline_in(uint64_t ns); /* 0: at once; the far future is NO_DEADLINE */
uint64_t ns_left(uint64_t deadline_ns);
/* A struct timespec in user memory as nanoseconds, as time_to_ns does it. 0, -EFAULT or -EINVAL. */
int fetch_timespec(uaddr_t at, uint64_t *ns);
int store_timespec(uaddr_t at, uint64_t ns); /* 0 or -EFAULT */
/* The deadline of a time-out in user memory; a null address means none. 0, -EFAULT or -EINVAL. */
int fetch_deadline(uaddr_t at, uint64_t *deadline_ns);

/* A call with a deadline that a signal without a handler interrupts is made again, and must not
 * wait longer for that. At its start: its deadline, or the one that it had before. */
uint64_t restarted_deadline(struct thread *self, uint64_t deadline_ns);
/* When it is interrupted: keeps the deadline. The result of the call. */
long restart_with_deadline(struct thread *self, uint64_t deadline_ns);

/* ---- Start ---- */
void sched_init(void);     /* processor 0: the caller becomes its idle thread and must not sleep */
void sched_init_cpu(void); /* each other processor, before it calls sched_idle() */
_Noreturn void sched_idle(void);
void sched_tick(void); /* the timer interrupt: fires timers and ends time slices */
