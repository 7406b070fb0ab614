/* The proc room: processes; fork, exec, exit and wait; groups and sessions; signals; credentials;
 * the environment block.
 *
 * Lock rule: proc_lock guards the tree of processes, groups and sessions, and every state that wait
 * looks at; a process's signal_lock guards actions and what is pending for it and its threads.
 * proc_lock comes first. Actions that processes share have a lock of their own, which comes last.
 */
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

/* One siginfo in a queue. The queue is a list of the first of each number; the others of that
 * number are in a ring with it, in order, so that how many wait does not matter to whoever takes
 * one. */
struct pending_signal {
    struct list node; /* in the queue, if it is the first of its number */
    struct list ring;
    struct user *user; /* referenced; it counts among this user's n_signals */
    siginfo_t info;
};

/* What a process does about each signal: of all its threads and, by CLONE_SIGHAND, of other
 * processes. Whoever changes one holds proc_lock, its own process's signal_lock and, while they are
 * shared, lock; one of the three is enough to read them, but signal_lock only while nobody else
 * shares them. */
struct signal_actions {
    uint32_t refs;                      /* atomic: processes */
    struct spinlock lock;               /* rank RANK_ACTIONS */
    struct kernel_sigaction action[64]; /* by signal - 1 */
};

enum { TIMER_CPU_LIMIT = 3, N_INTERVAL_TIMERS = 4 }; /* ITIMER_*, and one for RLIMIT_CPU */

struct interval_timer {
    struct timer timer;
    uint64_t due_ns, interval_ns; /* in the timer's own time; 0: off, once */
};

struct process {
    int pid;       /* constant */
    uint32_t refs; /* atomic: table, procfs looks */

    /* guarded by proc_lock: */
    enum process_state state;
    struct process *parent;        /* changed by process_set_parent_locked */
    int parent_pid;                /* 0 without one; atomic: getppid reads it without the lock */
    struct list children, sibling; /* process.sibling in parent->children, by birth */
    struct tree told;              /* those children that wait may have something to tell about */
    struct tree_node told_node;    /* in parent->told if in_told; its key is `birth` */
    uint64_t birth;                /* grows along the list */
    bool in_told;
    struct list threads; /* thread.process_node; the first is the leader while it lives */
    uint32_t n_threads;
    int group, session;     /* ids */
    struct list group_node; /* in the group's members */
    struct tty *terminal;   /* the session's controlling terminal, or NULL */
    bool session_leader, has_execed;
    int exit_status;         /* as wait reports it */
    struct tracing *tracing; /* who watches the threads and children that it will have, or NULL */
    bool stopped, stop_unreported, continue_unreported;
    bool stop_dequeued; /* a thread is about to stop the process; SIGCONT takes that back */
    int stop_signal;
    int parent_death_signal;    /* PR_SET_PDEATHSIG, 0 if none */
    int exit_signal;            /* to the parent: SIGCHLD, or clone's */
    uint32_t parent_n_execs;    /* clone's is meant for the program that the parent ran then */
    bool group_exiting;         /* exit_group or a deadly signal: all threads leave */
    bool dumping;               /* and its core is being written: only SIGKILL is heard */
    struct thread *exec_thread; /* waits to be the only one; the others leave */
    bool subreaper;
    bool emergency; /* constant: was started to help when little was left: may use the reserve */
    bool was_over_limit;              /* its setuid went over RLIMIT_NPROC: exec may be refused */
    int oom_score_adj, oom_score_min; /* adj atomic to read; the least that it may be made without
                                         privilege */
    bool oom_victim;   /* atomic: is killed to free memory, and may use the reserve for it */
    struct user *user; /* of uid; referenced; it pays for n_counted tasks of this process */
    uint32_t n_counted;
    struct wait_queue child_events; /* the parent's wait4 sleeps here (on its own) */
    struct usage ended_usage;       /* of threads that have ended */
    struct usage children_usage;    /* of reaped descendants */
    struct wait_queue resumed;      /* stopped threads sleep here, and exec until it is alone */

    /* Who it is, and whether it may be looked into. Changed together with fs.cred, from which the
     * numbers are copied, with exec_lock, fs.lock and proc_lock held: who holds one of the three
     * sees one identity. The copies outlive the process as a zombie. */
    uint32_t uid, euid, suid, gid, egid, sgid;
    uint32_t dumpable; /* 1: its user may look into it, else only root */

    /* changed with exec_lock held: by exec, and by exit, which leaves space, exe and fs.cred NULL;
     * threads leave the process with it held, too */
    struct mutex exec_lock; /* rank RANK_EXEC: whoever looks into another process's space or files
                               takes it, and asks there whether it may */
    struct space *space;
    struct file *exe; /* what it runs, for /proc/PID/exe; referenced */
    uint32_t n_execs; /* how often it has begun another program; changed with proc_lock held too */

    /* its own */
    struct fs_process fs; /* locks inside; names and descriptors are its threads' */
    uint32_t personality;
    struct rlimit limits[RLIM_NLIMITS]; /* guarded by signal_lock */
    int nice; /* its first thread's, once that has ended; guarded by proc_lock */
    uint64_t start_ns;
    uint64_t missing_logged[8]; /* bits of unimplemented call numbers already logged since exec */
    bool no_new_privs, keep_caps;
    bool timers_used;                                /* some timer was set */
    struct interval_timer timers[N_INTERVAL_TIMERS]; /* guarded by proc_lock */

    /* guarded by signal_lock: */
    struct spinlock signal_lock;
    struct signal_actions *actions; /* NULL: all are the default; set with proc_lock held too;
                                       referenced */
    uint64_t pending;               /* for the process as a whole; bit signal - 1 */
    struct list queued;             /* struct pending_signal of those, the first of each number */
};

/* What all threads of the process have used; proc_lock held. */
struct usage process_usage_locked(const struct process *process);

extern struct spinlock proc_lock;

static inline struct process *current_process(void)
{
    return current_thread()->process;
}

/* ---- Finding ---- */
struct process *process_find_locked(int pid); /* no reference */
/* The process of that number, or the one that a thread of that number belongs to: no reference. As
 * on Linux, nearly every call that is given a process's number takes a thread's instead. */
struct process *process_of_locked(int id);
struct process *process_get(int id); /* the same, referenced, zombies too; NULL */
/* The thread of that number, if it is one of the process's that has not left; else NULL. It stays
 * while the caller holds exec_lock. */
struct thread *process_thread(const struct process *process, int tid);
/* The lowest number, `from` or above, that a thread of the process has; -ENOENT. A walk over all of
 * them looks at each number in use once, however many threads there are. Takes proc_lock. */
int process_next_thread(const struct process *process, int from);
/* Is the thread of that number part of the process, or the number the process's own? */
bool process_has_thread(const struct process *process, int tid);
void process_ref(struct process *process);
void process_unref(struct process *process);
struct process *process_next(int pid); /* the lowest pid above it, referenced; NULL at the end */
uint32_t process_count(void);
/* Where in the kernel a thread is that does not run, or the caller: at most n addresses, the
 * innermost first; the result is how many. */
size_t thread_backtrace(const struct thread *thread, uint64_t *addresses, size_t n);
/* So many processes and threads there may be, if the machine has room for them; at first what it
 * has room for. Atomic. It may be set to MOST_THREADS, as on Linux: all numbers that fit a futex.
 */
extern uint64_t threads_max;
enum { MOST_THREADS = 0x3fffffff };
int pid_last(void); /* the newest pid, for /proc/loadavg */

/* ---- Life ---- */
/* What exec needs besides the path; strings are kernel or user memory as `user` says. */
struct exec_args {
    bool user;
    uint64_t argv, envp; /* arrays of pointers */
};
/* Process 1 from a path: made, not forked. 0 or -errno. */
int proc_start_init(const char *path, char *const argv[], char *const envp[],
                    struct fs_context *fs);
__attribute__((noreturn)) void process_exit(int wait_status); /* all threads: exit_group */

/* ---- Signals ---- */
int signal_send_thread(struct thread *thread, int signal, const siginfo_t *info);
void signal_send_group(int group, int signal);
/* A fault of the current thread that cannot be put off: even blocked or ignored, it ends the
 * process. */
void signal_fault(int signal, int code, uint64_t address, uint64_t trap, uint64_t error);
/* Last thing before user mode, from the door and from traps: delivers signals, restarts interrupted
 * calls, preempts, stops, exits. `restart` says that the frame is of a system call whose result is
 * in rax. */
void proc_return_to_user(struct trap_frame *frame, bool from_syscall);
static inline bool proc_work_due(const struct thread *thread)
{
    return thread->signal_due || thread->restore_mask || thread->n_borrowed || this_cpu()->resched;
}

/* ---- Faults, called by trap ---- */
/* A page fault at address: resolves it, or sends SIGSEGV or SIGBUS with a log line that says who,
 * where and why. False if it came from the kernel and is not resolved. */
bool proc_page_fault(struct trap_frame *frame, uint64_t address);
/* A fault from user mode cannot be resolved for want of memory: waits until there is some, or ends
 * the process. When it returns the instruction is to be executed again. */
void proc_wait_for_memory(uint64_t trap, uint64_t address, uint64_t error);

/* ---- Core files: how those of all processes are called ---- */
enum { CORE_PATTERN_SIZE = 128 };
void core_pattern_get(char copy[CORE_PATTERN_SIZE]);
/* What is too long is cut. 0, or -EINVAL: a program or a socket that would get the core, of which
 * there is none here. */
int core_pattern_set(const char *given);
bool core_adds_pid(void); /* ".PID" follows a pattern without %p */
void core_set_adds_pid(bool adds);

/* ---- Reports ---- */
/* One line per process and thread to the log: pid, state, cwd, what it waits for, where. Takes no
 * lock (panic, NMI, SysRq). */
void proc_report(void);
/* A thread's working directory, read without locks, into buf; points into it. For reports. */
const char *thread_cwd_peek(const struct thread *thread, char *buf, size_t size);

/* ---- Tracing: proc knows who is watched and by whom, syscall how lines look ---- */
struct tracing {
    uint32_t refs;     /* atomic: threads, and processes that hand it on */
    bool follow;       /* goes on to children and new threads */
    struct file *file; /* a pipe for the lines; NULL: the log */
};
extern struct tracing trace_to_log;
/* Watches all threads of a process until its lines have no reader, or until it begins a program
 * that may not be looked into. The caller was allowed to look when the process had begun n_execs
 * programs: 0, -EAGAIN if it is another by now; -EINVAL: the file is no pipe to write to, -ENOMEM.
 */
int trace_start(struct process *process, uint32_t n_execs, struct file *file, bool follow);
/* One line for the caller's watcher, if it has one; ns is how long the call took. May sleep. */
void trace_emit(struct thread *self, uint64_t ns, const char *text, size_t n);
/* What proc tells about a watched thread besides its calls; each may sleep. */
struct trace_hooks {
    void (*signal)(struct thread *self, const siginfo_t *info); /* it takes the signal */
    void (*stopped)(struct thread *self, int signal);
    void (*ended)(struct thread *self, int wait_status);
};
extern const struct trace_hooks *trace_hooks; /* set at boot */

/* ---- The machine's name, as uname tells it ---- */
struct utsname;
void system_name(struct utsname *copy);
void system_set_hostname(const char *given); /* at most 64 bytes */

void proc_init(void);
