/* What the files of the proc room share with each other, and nothing else.
 *
 * Lock: `_locked` in a name means that the caller holds proc_lock. A signal is sent with proc_lock
 * held, inside of which signal_lock is taken; it is received (mask, delivery, actions) with
 * signal_lock alone. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include "abi/errno.h"
#include "abi/fcntl.h"
#include "abi/futex.h"
#include "abi/limits.h"
#include "abi/sched.h"
#include "abi/wait.h"
#include "dev.h"
#include "ipc.h"
#include "proc.h"
#include "syscall_calls.h"

enum { PID_MAX = 32768, PID_RESERVED = 300, INIT_PID = 1 };

/* ---- Numbers in use: pid.c ---- */

/* A number in use: it names a process, a thread, a process group, a session, or several of them.
 * All fields are guarded by proc_lock. It is freed with the last thing that it names. See pid.c. */
struct pid {
    struct tree_node node;   /* its key is the number */
    struct process *process; /* until it is reaped */
    struct thread *thread;   /* until it ends */
    struct list members;     /* process.group_node of the group */
    uint32_t n_in_session;   /* processes of the session */
    struct list lost_tie;    /* in a list of groups that a process which ends must look at */
    struct tracee *ended;    /* a traced thread that had it and was not waited for by its tracer */
};

extern struct tree pid_slots; /* of struct pid, by number; guarded by proc_lock */
struct pid *pid_find_locked(int id);
/* A new number in use, stored in *id; NULL if memory is out or no number is left. */
struct pid *pid_create_locked(int *id);
uint32_t pid_count(void);                        /* numbers in use, atomically */
void pid_put_locked(struct pid *slot);           /* frees it if it names nothing any more */
struct process *process_first_locked(int above); /* the lowest pid above this; NULL */

/* ---- Processes: process.c ---- */

struct process *process_create(void); /* empty, not published, one reference; NULL */
/* Frees one that was not published, or whose last reference is released. */
void process_destroy(struct process *process);
/* The emergency reserve is the last 1/32 of memory and the last eighth of processes, numbers and
 * kernel stacks. Only init and root's shells may use it, and programs that they start while it is
 * nearly reached. A program that was started before may not, as it may be the one that has used up
 * the rest. Would a child of this process be one that may? */
bool process_starts_emergency(const struct process *parent);
bool process_may_use_last(const struct process *process); /* may this process? */
/* Is there room for a child or one more thread of this process? */
bool process_room(const struct process *parent);
/* How many processes, threads and queued signals one user may have by default: half of all. */
uint32_t process_share(void);
/* Copies the identity of a new process from its fs.cred. */
void process_take_ids(struct process *process);
/* Adds a process to the tree: its number, its first thread, its place below process->parent, and in
 * process->group and process->session. From now on other processors can find it. */
void process_publish_locked(struct process *process, struct pid *slot, struct thread *thread);
/* Adds the child to its parent's children as the youngest; removes it. */
void child_add_locked(struct process *child);
void child_remove_locked(struct process *child);
/* Called after a change of what wait reports: state, stop_unreported, continue_unreported. */
void child_changed_locked(struct process *child);
/* Sets the parent of a child that is in no list of children, or will be moved by the caller. */
void process_set_parent_locked(struct process *child, struct process *parent);
/* Makes the process run with this identity, whose reference it takes over; the old one is released.
 * Lock: exec_lock held, unless the process is not published yet. Takes fs.lock and, inside,
 * proc_lock. */
void process_set_cred(struct process *process, struct cred *cred, bool dumpable);
/* Are the effective user and group the same in both, also for files? */
bool cred_acts_alike(const struct cred *a, const struct cred *b);
/* The process has n tasks more, or fewer. Its first thread is one until the process is reaped. */
static inline void count_tasks_locked(struct process *process, int n)
{
    if (annex_hooks.count_tasks)
        annex_hooks.count_tasks(process, n);
}
/* Gives a thread its number and adds it to the process, to which it then holds a reference. */
void thread_attach_locked(struct process *process, struct pid *slot, struct thread *thread);

/* ---- clone: fork.c ---- */

/* The arguments of clone, fork and the others in one form. */
struct clone {
    uint64_t flags; /* CLONE_*, without the exit signal */
    int exit_signal;
    uint64_t stack; /* the child's stack pointer, 0: the same as the parent's */
    uaddr_t parent_tid, child_tid;
    uint64_t tls;
};
long do_clone(struct thread *self, const struct clone *clone);

/* ---- Groups and sessions: group.c ---- */

void group_join_locked(struct process *process, int group, int session);
void group_leave_locked(struct process *process);
bool group_is_orphaned_locked(int group, const struct process *ignored);
/* Is the parent in the process's session but not in its group? Process 1 counts, too. */
bool group_is_tied_locked(const struct process *process, const struct process *parent);
/* After the group lost such a parent: is it orphaned, and has it a stopped member? */
bool group_is_left_behind_locked(int group, const struct process *ignored);
/* Sends SIGHUP and SIGCONT. Takes proc_lock. */
void group_hang_up(int group);
void session_end(struct process *leader); /* releases its terminal; takes proc_lock */

/* ---- Signals ---- */

#define SIGNAL_BIT(signal) (1ull << ((signal)-1))
#define STOP_SIGNALS \
    (SIGNAL_BIT(SIGSTOP) | SIGNAL_BIT(SIGTSTP) | SIGNAL_BIT(SIGTTIN) | SIGNAL_BIT(SIGTTOU))
#define CORE_SIGNALS                                                                        \
    (SIGNAL_BIT(SIGQUIT) | SIGNAL_BIT(SIGILL) | SIGNAL_BIT(SIGTRAP) | SIGNAL_BIT(SIGABRT) | \
     SIGNAL_BIT(SIGBUS) | SIGNAL_BIT(SIGFPE) | SIGNAL_BIT(SIGSEGV) | SIGNAL_BIT(SIGXCPU) |  \
     SIGNAL_BIT(SIGXFSZ) | SIGNAL_BIT(SIGSYS)) /* whose default action is a core dump on Linux */
#define FIRM_SIGNALS (SIGNAL_BIT(SIGKILL) | SIGNAL_BIT(SIGSTOP)) /* not to be caught or blocked */

/* The process's action for a signal. Lock: proc_lock held. */
const struct kernel_sigaction *signal_action(const struct process *process, int signal);
/* A copy of the action. With `take` the signal is about to be handled, and SA_RESETHAND is carried
 * out. Lock: signal_lock held. */
struct kernel_sigaction signal_action_copy(struct process *process, int signal, bool take);
/* Copies the parent's actions to the child; with `clear` only those that ignore. 0 or -ENOMEM. */
int signal_actions_copy(struct process *child, struct process *parent, bool clear);
/* Makes the child share the parent's actions. 0 or -ENOMEM. */
int signal_actions_share(struct process *child, struct process *parent);
/* Replaces shared actions by a copy, for exec. 0 or -ENOMEM. */
int signal_actions_unshare(struct process *process);
/* For exec: handlers become the default; what is ignored stays ignored. */
void signal_actions_reset_locked(struct process *process);
void signal_actions_free(struct process *process);

enum signal_effect { EFFECT_IGNORE, EFFECT_STOP, EFFECT_CONTINUE, EFFECT_DEATH };
enum signal_effect signal_default_effect(int signal);
static inline bool signal_is_valid(int signal)
{
    return signal >= 1 && signal <= KERNEL_NSIG;
}

/* Sends to the process or, if it is not NULL, to this thread of it. 0, or -EAGAIN if the queue has
 * no room. */
int signal_send_locked(struct process *process, struct thread *thread, int signal,
                       const siginfo_t *info);
/* Begins the end of the process: all threads must leave. `self`, if it is one of them, leaves by
 * itself. wait reports the status, unless the end had begun before. */
void process_end_locked(struct process *process, struct thread *self, int wait_status);
/* May the sender send this signal to the process? 0 or -EPERM. */
int signal_may_send_locked(const struct process *sender, const struct process *target, int signal);
/* For the calls kill, tgkill and their like: the current process sends to the process, or to the
 * thread of this number in process tgid (0: any). 0 or -errno. Both take proc_lock. */
int signal_send_to_process(int pid, int signal, const siginfo_t *info);
long signal_send_to_thread(int tgid, int tid, int signal, const siginfo_t *info);
void signal_fill(siginfo_t *info, int signal, int code, int pid, uint32_t uid);
void signal_send_kernel_locked(struct process *process, int signal); /* SI_KERNEL */
/* Sends a signal to each process of a group as the kernel. May sleep: others run while it visits a
 * large group. Called without spinlocks. */
void signal_send_group_kernel(int group, int signal);
/* The same, from an interrupt: a large group gets it little by little. */
void signal_send_group_soon(int group, int signal);
/* For a child that was just published: sends it what a walk over many processes has still to send
 * to its parent. */
void signal_tell_newborn_locked(struct process *child, const struct process *parent);
void signal_recalculate(struct process *process, struct thread *thread); /* signal_lock held */
void signal_recalculate_all_locked(struct process *process);
/* Takes a pending signal in the set `wanted`, one of the thread's own first, and fills its info.
 * The result is the signal, or 0 if none is pending. Lock: signal_lock held. */
int signal_take(struct thread *thread, uint64_t wanted, siginfo_t *info);
/* Moves the pending signals in the set `which` to a list. Lock: signal_lock held. */
void signal_discard(struct list *queue, uint64_t *pending, uint64_t which, struct list *dropped);
/* Frees the signals of such a list. If the caller may sleep, others run in between. */
void signal_free_dropped(struct list *dropped, bool may_breathe);
/* Drops all signals of a thread at its end, with signal_lock held; all of a process, which may
 * sleep. */
void signal_flush_thread(struct thread *thread, struct list *dropped);
void signal_flush_process(struct process *process);
void signal_set_mask(struct thread *thread, uint64_t mask);
/* For a signal of a fault: makes sure that the calling thread takes it. It is unblocked, and the
 * action becomes the default if it was blocked or ignored. Takes proc_lock and signal_lock. */
void signal_force(struct thread *self, int signal);
void signal_tell_parent_locked(struct process *process, int code, int status);
int signal_of_end_locked(const struct process *process); /* the signal for its parent; 0: none */
/* Makes all threads of the process leave, except `spared`. */
void signal_kill_all_locked(struct process *process, struct thread *spared);

/* The greatest size of a frame, in bytes: AT_MINSIGSTKSZ. */
uint64_t signal_frame_most_bytes(void);
/* Writes a frame to the user's stack and changes the registers so that the handler runs next.
 * `mask` is what sigreturn will restore. 0, or -EFAULT with the registers unchanged. */
int signal_frame_push(struct trap_frame *frame, const struct kernel_sigaction *action,
                      const siginfo_t *info, uint64_t mask);
/* Is the stack pointer on the alternate stack of signal handlers? */
bool altstack_holds(const struct thread *self, uint64_t sp);
/* The alternate stack in the form for programs; padding is zero, too. And what a program sets. */
void altstack_tell(const struct thread *self, stack_t *stack);
void altstack_set(struct thread *self, const stack_t *stack);
void stop_if_stopped(struct process *process); /* sleeps while the process is stopped */

/* ---- wait ---- */

/* What a caller of wait waits for, and what was found. */
struct wait_for {
    int pid;   /* > 0: that child; 0: all children that `group` allows */
    int group; /* > 0: children of that group */
    unsigned options;
    /* the result */
    int found; /* pid, 0: none yet */
    uint32_t uid;
    int code, status; /* CLD_*, and what belongs to it */
    int wait_status;
    struct rusage usage;
};

/* Waits as the options say. 1, 0 (WNOHANG), -ECHILD or -ERESTARTSYS. Takes proc_lock; sleeps. */
int do_wait(struct process *self, struct wait_for *wait);
/* Fills in the result: for a process or a thread of it, with its number. */
void wait_found_locked(struct wait_for *wait, struct process *process, int id, int code, int status,
                       int wait_status);
/* The same for one that has ended. */
void wait_found_end_locked(struct wait_for *wait, struct process *process, int id, int status);

/* ---- Life and death ---- */

/* What siginfo says about an end: CLD_*, and the signal or the exit status. */
static inline int exit_code_of(int wait_status)
{
    return !WTERMSIG(wait_status) ? CLD_EXITED : WCOREDUMP(wait_status) ? CLD_DUMPED : CLD_KILLED;
}
static inline int exit_value_of(int wait_status)
{
    return WTERMSIG(wait_status) ? WTERMSIG(wait_status) : WEXITSTATUS(wait_status);
}

/* Tells the parent that the process has ended. It stays a zombie, unless the parent does not wait
 * for its children; then it is reaped, so the caller needs a reference to use it afterwards. */
void announce_end_locked(struct process *process);
/* Has the parent of a zombie not been told of its end yet, because its tracer learns of it first?
 */
static inline bool is_hidden_locked(const struct process *process)
{
    return process->tracer && process->tracer != process->parent;
}

/* Ends the process by a signal, with a core file if there should be one and an annex writes it. */
_Noreturn void process_die(const siginfo_t *info);

_Noreturn void thread_leave(int wait_status); /* ends the calling thread, perhaps its process */
int threads_kill_others(struct thread *self); /* for exec: 0 when alone, or -EAGAIN */
/* The caller of clone with CLONE_VFORK has this on its stack until the new thread calls exec or
 * ends. */
struct vfork_wait {
    bool over; /* guarded by proc_lock: the thread has no pointer to this any more */
    struct wait_queue done;
};
void vfork_release_locked(struct thread *thread); /* wakes the caller that waits for it */
/* Removes a zombie from the tree; its number is free again. Its times are added to those of its
 * parent's children if `count_usage`. The caller needs a reference to use it afterwards. */
void process_reap_locked(struct process *zombie, bool count_usage);
void thread_clear_tid(struct thread *thread); /* CLONE_CHILD_CLEARTID and robust locks */
/* exec or exit leaves the space: its most resident pages count for the process from now on. Takes
 * space->lock and proc_lock, one after the other. */
void process_note_left(struct process *process, struct space *left);
void usage_tell(const struct usage *usage, struct rusage *told);
void ns_to_timeval(uint64_t ns, struct timeval *time);
void limits_init(struct process *process);
/* Copies the limits to where mm and vfs check them. Lock: signal_lock held. */
void limits_apply(struct process *process, struct space *space);

/* What a clock shows; false if there is no such clock. May take proc_lock. */
bool clock_read(struct thread *self, clockid_t clock, uint64_t *ns);
long sleep_for(struct thread *self, uint64_t ns, uaddr_t remaining); /* as nanosleep */

/* ---- exec: exec.c, exec_load.c, exec_stack.c ---- */

enum { EXEC_SECURE_STACK = 8 << 20 }; /* the greatest RLIMIT_STACK of a set-id program */
enum { EXEC_HEAD_BYTES = 1536, EXEC_SCRIPT_LINE = 256, EXEC_MAX_SCRIPTS = 5 };

/* All that exec prepares before it changes the process; fits one page. */
struct exec {
    struct process *process; /* its credentials and limits count */
    struct fs_context *fs;   /* where paths begin */
    bool forbids_sharing;    /* no process may begin to share the names in fs until exec is done */
    const char *path;        /* as called: AT_EXECFN */
    const struct exec_args *args;
    struct file *file;        /* the program or the interpreter of a script; writing is denied */
    struct file *interpreter; /* the dynamic loader (PT_INTERP), or NULL */
    struct cred *cred;        /* the identity that it will have */
    bool secure;              /* set-id took effect */
    bool dumpable;            /* its user may look into the process */
    struct space *space;
    uint64_t bias, interpreter_base; /* added to the addresses in the files */
    uint64_t entry, stack_pointer;
    unsigned n_prefix;     /* number of strings in prefix, which replace argv[0] */
    unsigned prefix_start; /* where they start; they end with the buffer */
    size_t head_bytes;
    struct elf_image image, interpreter_image;
    char prefix[EXEC_MAX_SCRIPTS * EXEC_SCRIPT_LINE];
    char head[EXEC_HEAD_BYTES]; /* the first bytes of the file */
};

_Static_assert(sizeof(struct exec) <= PAGE_SIZE, "struct exec");

/* Reads the first bytes of the file to exec->head, and fills the rest with zeros. 0 or -errno. May
 * sleep. */
int exec_read_head(struct exec *exec, struct file *file);
/* execve of the program at the path: 0 or -errno. May sleep. */
long do_exec(struct thread *self, const char *path, const struct exec_args *args);
int exec_load(struct exec *exec);  /* makes exec->space and maps the program; 0 or -errno */
int exec_stack(struct exec *exec); /* fills stack and environment; 0, -E2BIG, -EFAULT, -ENOMEM */
/* Where environment block and stack are. They are close enough that one page table serves both. */
#define ENV_START 0x7fffff700000ull
#define STACK_TOP (ENV_START - 16 * PAGE_SIZE)
#define PIE_BASE  0x555555554000ull
