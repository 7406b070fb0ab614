/* What the files of the proc room tell each other and nobody else.
 *
 * Lock rule: `_locked` means that the caller holds proc_lock. A signal is sent with proc_lock held
 * and takes signal_lock inside; it is received (mask, delivery, actions) under signal_lock alone.
 */
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

/* A number that names a process, a thread, a process group, a session, or several of them. All
 * fields are guarded by proc_lock; it goes away with the last thing that it names. */
struct pid_slot {
    struct tree_node node;   /* its key is the number */
    struct process *process; /* until it is reaped */
    struct thread *thread;   /* until it ends */
    struct list members;     /* process.group_node of the group */
    uint32_t n_in_session;   /* processes of the session */
    struct list lost_tie;    /* in a list of groups that a process which ends is to look at */
};

struct pid_slot *pid_slot_find_locked(int id);
struct pid_slot *pid_slot_create_locked(int *id); /* a fresh number; NULL: memory or none left */
uint32_t pid_count(void);                         /* numbers in use */
void pid_slot_put_locked(struct pid_slot *slot);  /* frees it if it names nothing any more */
struct process *process_first_locked(int above);  /* the lowest pid above that number, or NULL */

/* ---- Processes: process.c ---- */

struct process *process_create(void);          /* empty, reference count 1, not to be found */
void process_destroy(struct process *process); /* one that never lived, or the last reference */
/* The emergency reserve is the last 1/32 of memory and the last eighth of processes, numbers and
 * kernel stacks. Init and root's shells may use it, and the programs that they start while it is
 * near: a program that was started before may be the one that took the rest. Would a child of this
 * process be such a program? */
bool process_starts_emergency(const struct process *parent);
bool process_may_use_last(const struct process *process); /* may this one? */
/* Is there room for a child or one more thread of this process? */
bool process_room(const struct process *parent);
/* What one user may have of processes, threads and queued signals by default: half of all. */
uint32_t process_share(void);
/* Has the process's user as many processes and threads as RLIMIT_NPROC allows, or more? */
bool process_at_limit_locked(const struct process *process);
/* exec: 0, or -EAGAIN for one whose setuid has taken it over that limit, where it still is. */
int process_over_limit(struct process *process);
/* The numbers in process->uid and so on, and whom it counts for, from fs.cred, of a new process. */
void process_take_ids(struct process *process);
void process_publish_locked(struct process *process, struct pid_slot *slot, struct thread *thread);
/* A child becomes its parent's youngest; it leaves its parent's children. */
void child_add_locked(struct process *child);
void child_remove_locked(struct process *child);
/* After a change of what wait tells about it: state, stop_unreported, continue_unreported. */
void child_changed_locked(struct process *child);
void process_set_parent_locked(struct process *child, struct process *parent);
/* Takes over the reference. */
void process_set_cred(struct process *process, struct cred *cred, bool dumpable);
/* Does a process act for the same user and group with both? */
bool cred_acts_alike(const struct cred *a, const struct cred *b);
void thread_uncount_locked(struct process *process); /* one that is not the first has ended */
void thread_attach_locked(struct process *process, struct pid_slot *slot, struct thread *thread);

/* ---- Groups and sessions: group.c ---- */

void group_join_locked(struct process *process, int group, int session);
void group_leave_locked(struct process *process);
bool group_is_orphaned_locked(int group, const struct process *ignored);
/* Does the parent tie the process's group to another group of the session? Process 1 counts. */
bool group_is_tied_locked(const struct process *process, const struct process *parent);
/* After the group lost such a tie: is it orphaned, and has it stopped? Then it is to be hung up. */
bool group_is_left_behind_locked(int group, const struct process *ignored);
/* Sends SIGHUP and SIGCONT. No lock. */
void group_hang_up(int group);
void session_end(struct process *leader); /* its terminal becomes free; without locks */
void job_init(void);

/* ---- Signals ---- */

#define SIGNAL_BIT(signal) (1ull << ((signal)-1))
#define STOP_SIGNALS \
    (SIGNAL_BIT(SIGSTOP) | SIGNAL_BIT(SIGTSTP) | SIGNAL_BIT(SIGTTIN) | SIGNAL_BIT(SIGTTOU))
#define CORE_SIGNALS                                                                        \
    (SIGNAL_BIT(SIGQUIT) | SIGNAL_BIT(SIGILL) | SIGNAL_BIT(SIGTRAP) | SIGNAL_BIT(SIGABRT) | \
     SIGNAL_BIT(SIGBUS) | SIGNAL_BIT(SIGFPE) | SIGNAL_BIT(SIGSEGV) | SIGNAL_BIT(SIGXCPU) |  \
     SIGNAL_BIT(SIGXFSZ) | SIGNAL_BIT(SIGSYS)) /* of which Linux's default action is a core */
#define FIRM_SIGNALS (SIGNAL_BIT(SIGKILL) | SIGNAL_BIT(SIGSTOP)) /* not to be caught or blocked */

/* Of the process: read with proc_lock held. */
const struct kernel_sigaction *signal_action(const struct process *process, int signal);
/* The same where only signal_lock is held: a copy. With `take` the signal is about to be handled,
 * and SA_RESETHAND acts. */
struct kernel_sigaction signal_action_copy(struct process *process, int signal, bool take);
/* Gives the child the parent's actions; with `clear` only what is ignored. 0 or -ENOMEM. */
int signal_actions_copy(struct process *child, struct process *parent, bool clear);
/* Lets the child share the parent's actions. 0 or -ENOMEM. */
int signal_actions_share(struct process *child, struct process *parent);
/* Gives the process actions of its own, if they are shared: for exec. 0 or -ENOMEM. */
int signal_actions_unshare(struct process *process);
void signal_actions_reset_locked(struct process *process); /* for exec: handlers are gone */
void signal_actions_free(struct process *process);

enum signal_effect { EFFECT_IGNORE, EFFECT_STOP, EFFECT_CONTINUE, EFFECT_DEATH };
enum signal_effect signal_default_effect(int signal);
static inline bool signal_is_valid(int signal)
{
    return signal >= 1 && signal <= KERNEL_NSIG;
}

/* Sends to the process or, if not NULL, to that thread of it. 0, or -EAGAIN: no room in the queue.
 */
int signal_send_locked(struct process *process, struct thread *thread, int signal,
                       const siginfo_t *info);
/* May the sender send this signal to the process? 0 or -EPERM. */
int signal_may_send_locked(const struct process *sender, const struct process *target, int signal);
void signal_fill(siginfo_t *info, int signal, int code, int pid, uint32_t uid);
void signal_file_owner(const struct file *file, int fd, int code, long band); /* vfs_signal_owner */
void signal_send_kernel_locked(struct process *process, int signal);          /* SI_KERNEL */
void signal_send_group_locked(int group, int signal);
/* The same for a caller without locks, which may sleep: others run while a large group is told. */
void signal_send_group_kernel(int group, int signal);
/* A child has become known: it gets what its parent is still to be told by a walk over many. */
void signal_tell_newborn_locked(struct process *child, const struct process *parent);
void signal_recalculate(struct process *process, struct thread *thread); /* signal_lock held */
void signal_recalculate_all_locked(struct process *process);
int signal_take(struct thread *thread, uint64_t wanted, siginfo_t *info); /* signal_lock; 0: none */
/* Moves the pending signals that `which` names to a list; signal_lock held. */
void signal_discard(struct list *queue, uint64_t *pending, uint64_t which, struct list *dropped);
/* Frees what was dropped; where the caller may sleep, others run in between. */
void signal_free_dropped(struct list *dropped, bool may_breathe);
/* The same for all of a thread at its end, and of a process, which may sleep. */
void signal_flush_thread(struct thread *thread, struct list *dropped);
void signal_flush_process(struct process *process);
void signal_set_mask(struct thread *thread, uint64_t mask);
void signal_mask_for_call(uint64_t mask);
void signal_tell_parent_locked(struct process *process, int code, int status);
int signal_of_end_locked(const struct process *process); /* to its parent; 0: none */
void signal_kill_all_locked(struct process *process,
                            struct thread *spared); /* threads must leave */

/* What a frame takes on a stack at most, in bytes: AT_MINSIGSTKSZ. */
uint64_t signal_frame_most_bytes(void);
int signal_frame_push(struct trap_frame *frame, const struct kernel_sigaction *action,
                      const siginfo_t *info, uint64_t mask);
void signal_log_death(const struct trap_frame *frame, int signal);
void stop_if_stopped(struct process *process); /* sleeps while the process is stopped */

/* ---- Life and death ---- */

/* What siginfo says of an end: CLD_*, and the signal or the exit status. */
static inline int exit_code_of(int wait_status)
{
    return !WTERMSIG(wait_status) ? CLD_EXITED : WCOREDUMP(wait_status) ? CLD_DUMPED : CLD_KILLED;
}
static inline int exit_value_of(int wait_status)
{
    return WTERMSIG(wait_status) ? WTERMSIG(wait_status) : WEXITSTATUS(wait_status);
}

/* All threads of the process are to leave; `self`, if it is one of them, leaves by itself. wait
 * reports the status, unless the end had begun before. */
void process_end_locked(struct process *process, struct thread *self, int wait_status);

/* Ends the process by a signal whose action that is, with a core file if there is to be one. */
_Noreturn void process_die(const siginfo_t *info);

/* ---- Core files: core.c, core_name.c ---- */

/* Does a process that dies of the signal leave a core, as far as it is up to the process? */
bool core_is_wanted(const struct process *process, int signal);
/* Writes the calling process's core, when no other thread is left. False if no file could be made;
 * one that is not complete counts, as on Linux. No lock held. */
bool core_dump(struct thread *self, const siginfo_t *info);
/* Its path, into the page, for a thread that dies of the signal; takes proc_lock. */
void core_name(struct thread *self, int signal, char *path);

_Noreturn void thread_leave(void);            /* the calling thread ends; perhaps all with it */
int threads_kill_others(struct thread *self); /* exec: 0 when alone, -EAGAIN if told to die */
/* A caller of clone with CLONE_VFORK, on its stack, until the new thread calls exec or ends. */
struct vfork_wait {
    bool over; /* guarded by proc_lock: the thread does not know of it any more */
    struct wait_queue done;
};
void vfork_release_locked(struct thread *thread); /* the caller that waits for it goes on */
void process_reap_locked(struct process *zombie,
                         bool count_usage);   /* drops the table's reference */
void thread_clear_tid(struct thread *thread); /* CLONE_CHILD_CLEARTID and robust locks */
void usage_tell(const struct usage *usage, struct rusage *told);
void ns_to_timeval(uint64_t ns, struct timeval *time);
void limits_init(struct process *process);
void limits_apply(struct process *process, struct space *space); /* tells mm and vfs of them */
struct fpu_state *fpu_copy(struct thread *from); /* NULL: unused, or out of memory */

/* ---- What others may add; where they are absent, nothing is done ---- */

struct proc_hooks {
    /* Timers of a new process that nobody knows yet; of one that ends, which sets no more. */
    void (*timers_init)(struct process *process);
    void (*timers_stop)(struct process *process);
    /* RLIMIT_CPU was set; the process has not ended: exec_lock is held, or it does not run yet. */
    void (*cpu_limit_set)(struct process *process);
    /* The calling thread is about to leave its memory, by exec or its end. */
    void (*thread_leaves_memory)(struct thread *thread);
    /* The word of clear_child_tid was cleared in a memory that others share. */
    void (*word_cleared)(struct space *space, uint64_t address);
    /* A fault from user mode found no page: sees to it that there will be some, and sleeps a
     * moment; the caller lets the instruction fault again. False: there will be none. No lock. */
    bool (*memory_wait)(struct thread *self);
    /* A fault within a call found no page: tries again with some of the reserve. False: the access
     * does not happen. Locks as for a fault. */
    bool (*memory_borrow)(struct thread *self, uint64_t address, uint64_t error);
    /* On the way to user mode, after one that has borrowed: waits. */
    void (*memory_pay)(struct thread *self);
    void (*thread_buried)(struct process *process); /* at the end of a thread, off its stack */
    /* "" or " (FUNCTION+0x1f)", where the calling program's file has a symbol for the address. */
    void (*program_symbol)(uint64_t address, char *text, size_t size);
};
extern struct proc_hooks proc_hooks; /* filled in while the kernel starts, then constant */

/* ---- Tracing: tracing.c ---- */

void tracing_inherit_locked(struct process *child, const struct process *parent);
void tracing_attach_locked(struct thread *thread);
void tracing_end(struct thread *thread, bool all);

/* ---- exec: exec.c, exec_load.c, exec_stack.c ---- */

enum { EXEC_SECURE_STACK = 8 << 20 }; /* the most that RLIMIT_STACK is for a set-id program */
enum { EXEC_HEAD_BYTES = 1536, EXEC_SCRIPT_LINE = 256, EXEC_MAX_SCRIPTS = 5 };

/* All that exec gathers before it changes the process; one page. */
struct exec {
    struct process *process; /* whose credentials and limits count */
    struct fs_context *fs;   /* where paths begin */
    bool forbids_sharing;    /* of the names in fs, until it is done */
    const char *path;        /* as called: AT_EXECFN */
    const struct exec_args *args;
    struct file *file;        /* the program that is loaded in the end; writing denied */
    struct file *interpreter; /* PT_INTERP's, or NULL */
    struct cred *cred;        /* what it will run as */
    bool secure;              /* set-id took effect */
    bool dumpable;            /* its user may look into it */
    struct space *space;
    uint64_t bias, interpreter_base; /* added to the addresses in the files */
    uint64_t entry, stack_pointer;
    unsigned n_prefix;     /* strings in prefix that replace argv[0] */
    unsigned prefix_start; /* they end with the buffer */
    size_t head_bytes;
    struct elf_image image, interpreter_image;
    char *descriptor_path; /* "/dev/fd/N/PATH" for execveat by a descriptor, or NULL */
    bool by_descriptor;    /* the file is the descriptor's own: it gives the thread its name */
    bool path_ends;        /* the descriptor closes on exec: a script's path would lead nowhere */
    char prefix[EXEC_MAX_SCRIPTS * EXEC_SCRIPT_LINE];
    char head[EXEC_HEAD_BYTES]; /* the first bytes of the file */
};

_Static_assert(sizeof(struct exec) <= PAGE_SIZE, "struct exec");

int exec_read_head(struct exec *exec, struct file *file);
int exec_load(struct exec *exec);  /* makes exec->space and maps the program */
int exec_stack(struct exec *exec); /* strings, environment block, vectors */
/* Where the environment block and the stack lie; one table page serves the ends of both. */
#define ENV_START 0x7fffff700000ull
#define STACK_TOP (ENV_START - 16 * PAGE_SIZE)
#define PIE_BASE  0x555555554000ull
