/* The sched room: threads, run queues, wait queues, timers, and the locks that sleep.
 *
 * Lock rule: a wait queue's lock guards its waiters; a run queue's lock guards the state of its
 * threads. A thread gives up the processor only in wait_*, sleep_until, mutex_lock, thread_yield,
 * sched_preempt and thread_exit, never with a spinlock held.
 */
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

/* ---- Wait queues ---- */

struct wait_queue {
    struct spinlock lock;
    struct list waiters; /* guarded by lock: struct waiter.node */
};
// clang-format off
#define WAIT_QUEUE(variable) \
    {.lock = {.rank = RANK_WAITQ, .name = #variable}, .waiters = LIST_INIT((variable).waiters)}
// clang-format on

struct waiter {
    struct list node; /* guarded by queue->lock; empty again when it was woken */
    struct wait_queue *queue;
    struct thread *thread;
    const void *what; /* a mutex, where many share a queue */
};

/* Results of interrupted calls, inside the kernel only: on the way to user mode proc turns them
 * into -EINTR or a restart. The wait functions below say -EINTR; a call that Linux restarts (read,
 * write, wait4 ...) answers -ERESTARTSYS for it. */
enum { ERESTARTSYS = 512, ERESTARTNOINTR = 513, ERESTARTNOHAND = 514, ERESTART_RESTARTBLOCK = 516 };

enum wait_kind {
    WAIT_FIRM,    /* only what it waits for wakes it */
    WAIT_SIGNALS, /* a signal that is to be delivered wakes it: -EINTR */
    WAIT_KILL,    /* only a deadly signal wakes it early: -EINTR */
};
#define NO_DEADLINE UINT64_MAX /* deadlines are clock_ns() times */

void wait_queue_init(struct wait_queue *queue);
/* Condition-variable style: the caller holds the lock that guards its condition; it is released
 * while asleep and held again on return. 0 when woken (check the condition again), -EINTR,
 * -ETIMEDOUT. `what` names the wait for /proc and reports. */
int wait_on_spin(struct wait_queue *queue, struct spinlock *lock, enum wait_kind kind,
                 uint64_t deadline_ns, const char *what);
struct mutex;
int wait_on_mutex(struct wait_queue *queue, struct mutex *mutex, enum wait_kind kind,
                  uint64_t deadline_ns, const char *what);
/* For several queues at once (poll): enqueue on each, check the conditions, sleep, dequeue from
 * each. A wake between enqueue and sleep is not lost. */
void waiter_add(struct waiter *waiter, struct wait_queue *queue);
/* The same, but not behind another waiter of the calling thread; false then: a list of polled files
 * may name one file thousands of times, and whoever wakes the queue holds its lock meanwhile. */
bool waiter_add_once(struct waiter *waiter, struct wait_queue *queue);
void waiter_remove(struct waiter *waiter);
void wait_begin(void); /* before the first waiter_add */
/* After the conditions were checked. */
int wait_sleep(enum wait_kind kind, uint64_t deadline_ns, const char *what);
void wait_end(void); /* instead of wait_sleep when one held already */
void wake_all(struct wait_queue *queue);
/* Wakes the thread if it sleeps in a wait of that kind or weaker: for signals (WAIT_SIGNALS) and
 * kills (WAIT_KILL). */
void thread_interrupt(struct thread *thread, enum wait_kind kind);
/* 0 when the time has come, or -EINTR. */
int sleep_until(uint64_t deadline_ns, enum wait_kind kind, const char *what);

/* ---- Locks that sleep ---- */

struct mutex {
    struct thread *owner; /* atomic; NULL when free */
    uint16_t rank;
    uint16_t held;  /* the rank under which it was taken */
    bool contended; /* atomic: someone sleeps in waiters */
    const char *name;
    struct wait_queue *waiters; /* one of a few that all mutexes share, which keeps them small */
};
void mutex_init(struct mutex *mutex, const char *name, enum lock_rank rank);
bool mutex_trylock(struct mutex *mutex);
/* mutex_lock, mutex_lock_as and mutex_unlock stand below struct thread. */

/* ---- Threads ---- */

/* What a thread has read and written by calls: for /proc/PID/io. */
struct io_counts {
    uint64_t n_reads, n_writes, read_bytes, written_bytes;
};

/* What the vfs must know of a thread: where its paths begin, its descriptors, and its process.
 * vfs.h explains it; it stands here because each thread has one. Only the thread itself changes it,
 * with the lock held: others look with the lock held. All are NULL once the thread has given them
 * up. */
struct fs_context {
    struct spinlock lock;       /* rank RANK_FDS */
    struct fs_names *names;     /* referenced; shared by CLONE_FS */
    struct fd_table *fds;       /* referenced; shared by CLONE_FILES */
    struct fs_process *process; /* constant */
    struct io_counts io;        /* the thread's own */
};

enum thread_state { THREAD_NEW, THREAD_READY, THREAD_RUNNING, THREAD_ASLEEP, THREAD_DEAD };

struct thread {
    /* constant after creation; exec by another than the first thread gives it the first's number */
    int tid;
    void *stack_top;
    struct process *process; /* NULL for kernel threads and idle */
    /* guarded by the run queue's lock of `cpu` */
    enum thread_state state; /* atomic to read */
    uint32_t cpu;            /* where it runs or ran last */
    struct list run_node;
    uint64_t slice_left_ns;         /* of its time slice, when it runs next */
    uint64_t n_sleeps, n_preempted; /* how often it left the processor, as in struct usage */
    uint64_t kernel_rsp;            /* while it does not run: the lock is held until it is saved */
    int wake_result;                /* why it was woken: 0, -EINTR, -ETIMEDOUT */
    /* sleeping */
    enum wait_kind wait_kind;
    const char *waits_for; /* name of the wait, or NULL */
    bool wake_pending;     /* atomic: woken between wait_begin and wait_sleep */
    /* its own */
    void (*start)(void *); /* where it begins, with start_arg */
    void *start_arg;
    struct space *space; /* what is loaded while it runs; changed by itself alone (exec) */
    struct fs_context fs;
    uint64_t selectors;        /* DS, ES, FS, GS while it does not run: see user_selectors */
    uint64_t fs_base, gs_base; /* 0 where the selector is not null */
    struct fpu_state *fpu;     /* allocated at the first use of vector registers; NULL before */
    uint64_t mutex_ranks;      /* the ranks of the mutexes held, as bits */
    uint64_t ns_mark;          /* when the current stretch of running began */
    uint64_t run_ns;           /* time on processors before */
    uint64_t system_ns;        /* how much of it in the kernel: an estimate, see thread_usage */
    uint64_t call_start_ns;    /* run_ns when the timed part of this entry began; 0: is not timed */
    bool call_exact;           /* that part counts once: it is timed in every entry */
    uint32_t n_entries;        /* into the kernel, by calls and faults */
    uint64_t n_faults;         /* page faults resolved */
    uint64_t restart_deadline_ns; /* of a sleep that starts again; proc clears it for a handler */
    uint8_t n_borrowed;           /* proc's: pages of the reserve taken within this call */
    bool borrows;                 /* proc's: may use the reserve right now */
    uint64_t fail_nth;            /* fault injection: 0 off, else countdown of allocations */
    /* proc's: guarded by process->signal_lock */
    uint64_t signal_mask, signal_pending, saved_mask;
    uint64_t signal_awaited; /* what sigtimedwait sleeps for: it wakes, but is not delivered */
    bool restore_mask;       /* saved_mask counts again after the next handler or this call */
    bool signal_due;         /* atomic: look at signals before going back to user mode */
    bool kill_due;           /* atomic: SIGKILL is pending: every wait but WAIT_FIRM ends */
    struct list queued;      /* struct pending_signal of what is pending for this thread alone */
    uint64_t fault_trap, fault_error, fault_address; /* of the last fault, for signal frames */
    uint64_t altstack_start, altstack_bytes;
    uint32_t altstack_flags;
    struct list process_node; /* guarded by proc_lock: in process->threads */
    int nice;                 /* guarded by proc_lock; kept and told, not obeyed */
    uint64_t timer_slack_ns;  /* PR_SET_TIMERSLACK: how late its timers may be; none is that late */
    uint64_t usual_slack_ns;  /* its parent's when it began */
    uaddr_t clear_child_tid, robust_list;
    char name[16]; /* comm */
    struct vfork_wait
        *vfork; /* proc's: who waits until it calls exec or ends; guarded by proc_lock */
    struct tracing *tracing; /* proc's: who watches its calls, or NULL; guarded by proc_lock */
};

/* What threads have used, and how often they left the processor. */
struct usage {
    uint64_t user_ns, system_ns;
    uint64_t n_faults;              /* page faults resolved */
    uint64_t n_sleeps, n_preempted; /* to wait for something; because others waited */
    struct io_counts io;
};

static inline void usage_add(struct usage *sum, const struct usage *more)
{
    sum->user_ns += more->user_ns;
    sum->system_ns += more->system_ns;
    sum->n_faults += more->n_faults;
    sum->n_sleeps += more->n_sleeps;
    sum->n_preempted += more->n_preempted;
    sum->io.n_reads += more->io.n_reads;
    sum->io.n_writes += more->io.n_writes;
    sum->io.read_bytes += more->io.read_bytes;
    sum->io.written_bytes += more->io.written_bytes;
}

/* ---- Locks that sleep: what every lock and unlock does, where it is called ---- */

/* What does not happen often: comes back with the mutex taken, or panics for a wrong order. */
void mutex_wait(struct mutex *mutex, unsigned rank);
void mutex_wake(struct mutex *mutex); /* who waits for it */
_Noreturn void mutex_not_held(const struct mutex *mutex);

static inline bool mutex_try(struct mutex *mutex, struct thread *self)
{
    struct thread *nobody = NULL;
    return __atomic_compare_exchange_n(&mutex->owner, &nobody, self, false, __ATOMIC_SEQ_CST,
                                       __ATOMIC_RELAXED);
}

/* Under another rank: the second of its kind. */
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

/* A thread with a kernel stack that will begin at start(arg); not yet runnable. NULL when out of
 * memory. */
struct thread *thread_create(struct process *process, struct space *space, void (*start)(void *),
                             void *arg);
/* Makes a new thread ready: it runs when the caller sleeps, or elsewhere. */
void thread_start(struct thread *thread);
/* Runs a new thread here and now; the caller goes on when it sleeps or ends, or elsewhere. A child
 * that ends or execs soon then leaves its parent's memory as it was: nothing of it is copied. */
void thread_handoff(struct thread *thread);
void thread_free(struct thread *thread); /* never started, or dead and off its processor */
/* Before the news of the thread's end is out: from here on sched_settle waits for it. */
void thread_exit_begin(void);
/* After that, ends the calling thread; `last` gets it when nothing stands on its stack any more. */
_Noreturn void thread_exit(void (*last)(struct thread *thread));
void sched_settle(void); /* waits for threads that are ending right now, so that counts compare */
void thread_yield(void);
/* The caller sleeps next, and had its turn: when it is woken it waits after all that are ready,
 * not before them. For waits that end for thousands at once. */
void thread_end_slice(void);
/* In the middle of a long call, about every 0.1 ms of work: lets others run. False if the caller
 * was killed and should stop. No spinlock is held; a mutex may be. mm calls it mm_resched. */
bool cond_resched(void);
/* The same for transfers: call it for each piece, with its number of bytes. */
bool thread_breathe(size_t n_moved);
/* Brings selectors and bases of the calling thread up to date: programs load selectors. */
void thread_save_segments(struct thread *self);
/* Vector registers as at a program's start, or NULL; for thread->fpu, which thread_free frees. */
struct fpu_state *thread_fpu_alloc(void);
/* On the way to user mode: switches away if this processor's `resched` is set. */
void sched_preempt(void);
uint64_t sched_n_switches(void);
uint64_t sched_idle_ns(uint32_t cpu); /* how long that processor has had nothing to do */

/* ---- Times of use ---- */

/* The sum is exact. How much of it was the kernel's is estimated: one entry in 64 is timed and
 * counts for all of them, because reading the clock at each would cost half as much again as the
 * shortest calls. A long entry is timed from its first cond_resched on, whether it is one of those
 * or not, and from there counts once: a program that makes few calls is not left to chance. */
enum { ENTRIES_PER_SAMPLE = 64 };
void thread_sample_begin(struct thread *thread);
void thread_sample_end(struct thread *thread);
void thread_sample_long(struct thread *thread); /* in cond_resched */
/* Around each system call and each fault of a program, by the door and by trap. */
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
/* The load averages of 1, 5 and 15 minutes, in 1/65536, and how many threads run, and are. */
void sched_load(uint32_t load[3], uint32_t *n_running, uint32_t *n_threads);

/* ---- Timers ---- */

struct timer {
    struct tree_node node; /* guarded by the timers' lock; key = deadline in clock_ns() */
    bool armed;            /* likewise: it is in the tree */
    /* On whichever processor is free, without locks; may wake threads and set the timer anew. */
    void (*fire)(struct timer *timer);
};
void timer_init(struct timer *timer, void (*fire)(struct timer *timer));
void timer_set(struct timer *timer, uint64_t deadline_ns);
void timer_cancel(struct timer *timer); /* when it returns, fire is not running and will not run */
uint64_t realtime_ns(void);             /* time of day since 1970; settable offset on clock_ns() */

/* ---- Hooks of rooms above ---- */
struct sched_hooks {
    /* For CLOCK_PROCESS_CPUTIME_ID; NULL: the thread's own time. */
    uint64_t (*process_run_ns)(struct thread *self);
    /* For negative clock numbers; false: there is no such clock. NULL: there are none. */
    bool (*cpu_clock_ns)(const struct thread *self, clockid_t clock, uint64_t *ns);
};
extern struct sched_hooks sched_hooks;

/* ---- Bring-up ---- */
void sched_init(void);     /* processor 0: the caller becomes its idle thread, and must not sleep */
void sched_init_cpu(void); /* each other processor; then it calls sched_idle() */
_Noreturn void sched_idle(void);
void sched_tick(void); /* from IRQ_TIMER: fires timers, ends time slices */
