/* The proc room: processes; fork, exec, exit and wait; groups and sessions; signals; credentials;
 * limits.
 *
 * A process is what threads share: an address space, signal actions, limits, an identity, and a
 * place in the tree of processes. Threads themselves are in sched, memory in mm, names and
 * descriptors in vfs; this room puts them together into what a program sees.
 *
 * Lock: three locks, in this order. A process's exec_lock guards what a process is: its space, its
 * file and its identity. It may be held while sleeping, and is taken by exec, by exit, and by calls
 * that look into another process. proc_lock, one for all, guards the tree, groups, sessions,
 * numbers, and every state that wait reports. A process's signal_lock guards its actions and limits
 * and what is pending for it and its threads. Actions that processes share have a lock of their
 * own, which comes last.
 *
 * Read pid.c, process.c and group.c first: the tree. Then signal.c and signal_send.c; exit.c;
 * signal_frame.c and signal_deliver.c; fork.c; exec_stack.c, exec_load.c and exec.c; wait.c; then
 * the rest.
 *
 * Annexes give it hooks (hooks.h): timers, robust futexes, what happens when memory is out, symbols
 * of programs. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "abi/resource.h"
#include "abi/signal.h"
#include "lib.h"
#include "mm.h"
#include "sched.h"
#include "vfs.h"
#include "x86.h"

struct tty;

enum process_state { PROCESS_ALIVE, PROCESS_ZOMBIE, PROCESS_REAPED };

/* A pending signal with its siginfo. A queue is a list of the first item of each signal number. The
 * others of the number are in a ring with the first, in the order in which they were sent, so the
 * time to take one does not depend on their number. */
struct pending_signal {
    struct list node; /* in the queue, if it is the first of its number */
    struct list ring;
    struct user *user; /* referenced; the item counts in its n_signals */
    siginfo_t info;
};

/* What a process does about each signal. All its threads share the actions, and with CLONE_SIGHAND
 * other processes, too. To change one, proc_lock, the signal_lock of the own process and, while
 * processes share the actions, `lock` are held. To read one, any of these is enough; but
 * signal_lock only while no other process shares them. */
struct signal_actions {
    uint32_t refs;                      /* atomic: the processes that share them */
    struct spinlock lock;               /* rank RANK_ACTIONS */
    struct kernel_sigaction action[64]; /* by signal - 1 */
};

enum { TIMER_CPU_LIMIT = 3, N_INTERVAL_TIMERS = 4 }; /* ITIMER_*, and one for RLIMIT_CPU */

struct interval_timer {
    struct timer timer;
    uint64_t due_ns, interval_ns; /* by the timer's clock; 0: off, or not repeated */
};

struct process {
    int pid;       /* constant */
    uint32_t refs; /* atomic: see process.c */

    /* guarded by proc_lock: */
    enum process_state state;
    struct process *parent;        /* changed by process_set_parent_locked */
    int parent_pid;                /* 0 without one; atomic: getppid reads it without the lock */
    struct list children, sibling; /* process.sibling in parent->children, by birth */
    struct tree told;              /* those of them that wait may have something to report about */
    struct tree_node told_node;    /* in parent->told if in_told; its key is `birth` */
    uint64_t birth;                /* grows along the list */
    bool in_told;
    struct list threads; /* thread.process_node; the first is the leader while it lives */
    uint32_t n_threads;
    int group, session;     /* ids */
    struct list group_node; /* in the group's members */
    struct tty *terminal;   /* the session's controlling terminal, or NULL */
    bool session_leader, has_execed;
    int exit_status; /* as wait reports it */
    bool stopped, stop_unreported, continue_unreported;
    bool stop_dequeued; /* a thread has taken a stop signal; SIGCONT clears this */
    int stop_signal;
    int parent_death_signal;  /* PR_SET_PDEATHSIG, 0 if none */
    int exit_signal;          /* to the parent: SIGCHLD, or clone's */
    uint32_t parent_n_execs;  /* n_execs of the parent at the birth: exit_signal was chosen by that
                                 program */
    struct process *tracer;   /* one of its threads traces the first thread of this one; NULL */
    struct list told_tracees; /* what wait may report about those that its threads trace ... */
    uint32_t n_tracees;       /* ... and how many those are */
    uint32_t n_traced;        /* how many of its threads are traced */
    int parent_tid;           /* the thread that made it, and traces it if it asks for that */
    bool group_exiting;       /* exit_group or a deadly signal: all threads must leave */
    bool dumping;             /* its core is being written: only SIGKILL has an effect */
    uint32_t n_staying;       /* threads that do not leave before that is done */
    struct thread *exec_thread; /* waits in exec to be the only thread; the others must leave */
    bool subreaper;
    bool emergency; /* constant: was started to help when memory was tight: may use the reserve */
    bool was_over_limit;              /* its setuid exceeded RLIMIT_NPROC: exec may be refused */
    int oom_score_adj, oom_score_min; /* adj: read without locks, atomically; min: the lowest that
                                         it may become without privilege */
    bool oom_victim;   /* atomic: is being killed to free memory, and may use the reserve for it */
    struct user *user; /* of uid; referenced; n_counted tasks of this process count for it */
    uint32_t n_counted;
    struct wait_queue child_events; /* threads of this process sleep here in wait4 */
    struct usage ended_usage;       /* of threads that have ended, and spaces left */
    struct usage children_usage;    /* of reaped descendants */
    struct wait_queue resumed;      /* stopped threads sleep here, and exec until it is alone */

    /* The identity, and whether others may look into the process. Changed together with fs.cred,
     * from which the numbers are copied, with exec_lock, fs.lock and proc_lock held; any one of the
     * three is enough to read them consistently. The copies remain while the process is a zombie.
     */
    uint32_t uid, euid, suid, gid, egid, sgid;
    uint32_t dumpable; /* 1: its user may look into it; otherwise only root */

    /* changed with exec_lock held by exec, and by exit, which sets space, exe and fs.cred to NULL;
     * threads also leave the process with it held */
    struct mutex exec_lock; /* rank RANK_EXEC: held to look into the space or files of another
                               process, and to check before whether that is allowed */
    struct space *space;
    struct file *exe; /* the program, for /proc/PID/exe; referenced */
    uint32_t n_execs; /* how many programs it has executed; changed with proc_lock held too */

    /* used by the process itself */
    struct fs_process fs; /* has locks of its own; names and descriptors are in the threads */
    uint32_t personality;
    struct rlimit limits[RLIM_NLIMITS]; /* guarded by signal_lock */
    int nice; /* its first thread's, after that has ended; guarded by proc_lock */
    uint64_t start_ns;
    uint64_t missing_logged[8]; /* bit set: this missing call was logged since exec */
    bool no_new_privs, keep_caps;
    bool timers_used;                                /* a timer was set */
    struct interval_timer timers[N_INTERVAL_TIMERS]; /* guarded by proc_lock */

    /* guarded by signal_lock: */
    struct spinlock signal_lock;
    struct signal_actions *actions; /* NULL: all are the default; proc_lock is held too to set
                                       this; referenced */
    uint64_t pending;               /* for the process as a whole; bit signal - 1 */
    struct list queued;             /* struct pending_signal of these, the first of each number */
};

/* What all threads of the process have used, ended ones included. */
struct usage process_usage_locked(const struct process *process);

extern struct spinlock proc_lock;

static inline struct process *current_process(void)
{
    return current_thread()->process;
}

/* ---- Finding ---- */
struct process *process_find_locked(int pid); /* or NULL; not referenced */
/* The process with this number, or the one that a thread with this number belongs to; NULL; not
 * referenced. As on Linux, nearly every call that takes the number of a process also takes that of
 * a thread. */
struct process *process_of_locked(int id);
struct process *process_get(int id); /* the same, zombies included, referenced; NULL */
void process_ref(struct process *process);
void process_unref(struct process *process);
struct process *process_next(int pid); /* the lowest pid above this, referenced; NULL at the end */
uint32_t process_count(void);
/* The greatest number of processes and threads. At first it is what memory has room for; root may
 * set it up to MOST_THREADS, as on Linux: all numbers that fit a futex. Memory still limits them
 * then. Atomic. */
extern uint64_t threads_max;
enum { MOST_THREADS = 0x3fffffff };
extern int last_pid; /* the newest number; guarded by proc_lock */

/* ---- Life ---- */
/* The arguments of exec other than the path. Strings are in kernel or user memory, as `user` says.
 */
struct exec_args {
    bool user;
    uint64_t argv, envp; /* arrays of pointers */
    int dirfd;           /* where the path begins: AT_FDCWD, or as execveat wants it */
    int at_flags;
    const char *shown_path; /* by which the program can find itself; NULL: the path */
    bool by_descriptor;     /* the descriptor is the program's own: its name becomes the thread's */
    bool path_ends; /* the descriptor closes on exec: a script could not be opened by that path */
};
/* Makes process 1, with the program at the path and copies of the names in fs, and lets it run. 0
 * or -errno. */
int proc_start_init(const char *path, char *const argv[], char *const envp[],
                    struct fs_context *fs);
__attribute__((noreturn)) void process_exit(int wait_status); /* as exit_group: all threads */

/* ---- Signals ---- */
/* Sends a signal to one thread. 0, or -EAGAIN if the queue is full. Takes proc_lock. */
int signal_send_thread(struct thread *thread, int signal, const siginfo_t *info);
/* Sends the current thread a signal for a fault. As it cannot be postponed, the process ends if it
 * is blocked or ignored. See fault.c. */
void signal_fault(int signal, int code, uint64_t address, uint64_t trap, uint64_t error);
/* Called by system calls and traps before they return to user mode: delivers signals, restarts
 * interrupted calls, preempts. May stop or end the thread. `from_syscall` says that the frame is
 * that of a system call whose result is in rax. */
void proc_return_to_user(struct trap_frame *frame, bool from_syscall);
static inline bool proc_work_due(const struct thread *thread)
{
    return thread->signal_due || thread->restore_mask || thread->n_borrowed || this_cpu()->resched;
}

/* ---- Faults, called by trap ---- */
/* Handles a page fault at the address: provides the page, or sends SIGSEGV or SIGBUS. False if the
 * fault came from the kernel and no page was provided. */
bool proc_page_fault(struct trap_frame *frame, uint64_t address);
/* For a fault from user mode when memory is out: waits until there is some, or ends the process.
 * When it returns, the instruction is to be executed again. */
void proc_wait_for_memory(uint64_t trap, uint64_t address, uint64_t error);

/* ---- Threads that trace others ----
 *
 * A traced thread stops at the events that its tracer has asked for. The tracer then looks at its
 * registers and memory, may change them, and lets it continue. proc does not know more of this than
 * the flag thread->traced and the functions of this table, which the annex ptrace sets. As long as
 * they are not set, no thread is traced. */
enum trace_event {
    TRACE_CALL,     /* it begins a system call; the tracer may change number and registers */
    TRACE_RESULT,   /* the call has ended; its result is in the frame and may be changed */
    TRACE_TRAP,     /* trap_due was found set on the way to user mode */
    TRACE_HANDLING, /* a signal's frame will be made from its registers ... */
    TRACE_HANDLER,  /* ... and it is now at the first instruction of the handler */
    TRACE_BORE,     /* its clone has made a process or thread with this number */
    TRACE_VFORKED,  /* the child with this number has released it (CLONE_VFORK) */
    TRACE_EXEC,     /* it executes another program; its number before that */
    TRACE_EXIT,     /* it is about to end, with this wait status */
    TRACE_LETS_GO,  /* it ends, traced or not, and is a tracer */
};
enum trace_change {
    TRACE_LEFT,       /* the thread leaves its process and loses its number */
    TRACE_RENUMBERED, /* exec has given it the process's number, which another thread had */
    TRACE_GAINED,     /* exec gives it rights that its tracer may not have */
    TRACE_STOPPED,    /* any thread of a process: a stop signal takes effect on all of them */
    TRACE_CONTINUED,  /* any thread of a process: SIGCONT was sent */
    TRACE_ZOMBIE, /* thread is NULL: the process is a zombie, and its tracer learns of it first */
    TRACE_REAPED, /* thread is NULL: the parent, which was the tracer, has waited for the zombie */
};
struct wait_for;
struct tracer_hooks {
    /* An event of the calling thread, if it is traced. May sleep: the thread may stop. Called
     * without locks. */
    void (*event)(struct thread *self, enum trace_event event, long value);
    /* The same for a signal that it takes. The result is the signal that it is to take instead; 0:
     * none. */
    int (*signal)(struct thread *self, siginfo_t *info);
    /* A traced thread makes another by clone, which has no number yet. False if memory is out.
     * Lock: proc_lock held. */
    bool (*bears)(struct thread *self, struct thread *child, uint64_t flags, int exit_signal);
    /* A change of a traced thread or process. Lock: proc_lock held. */
    void (*change)(enum trace_change change, struct process *process, struct thread *thread);
    /* Looks for a traced thread that wait means, among those that threads of the process trace. 1
     * with the result, 0 if there is nothing to report yet, -ECHILD if there never will be. Lock:
     * proc_lock held. */
    int (*look)(struct process *process, struct wait_for *wait);
    /* Must a program that the thread executes have no more rights than its user? */
    bool (*limits)(const struct thread *self);
};
extern struct tracer_hooks tracer_hooks;

/* ---- What it gives lower rooms: see hooks.h ---- */
unsigned proc_caller_rights(void);
void proc_raise(int signal);
extern const struct job_ops proc_jobs;

/* For ppoll and pselect6: sets the mask at that address, which may be null, until the call ends or
 * a handler has run. 0, -EINVAL or -EFAULT. Takes signal_lock. */
int signal_mask_for_call(uaddr_t at, size_t size);

/* ---- The machine's name ---- */
struct utsname;
void system_name(struct utsname *copy);
void system_set_hostname(const char *given); /* cut at 64 bytes */

void proc_init(void);
