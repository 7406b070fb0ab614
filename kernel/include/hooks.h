/* The hooks: all that a lower room asks of an upper one, on one page.
 *
 * No room calls upwards. Where a lower room needs something that only an upper one can do or know,
 * it calls a hook. boot/main.c fills in `hooks`, once and before anything else; an annex fills in
 * its own of `annex_hooks` when it starts. Until then, and in a kernel without the annex, such a
 * hook is NULL, and its caller asks first. It need not ask where only the annex can have set what
 * it looks at before.
 *
 * No other header declares a function pointer as a variable, and `make lint` counts these.
 *
 * A hook is not a table of operations: struct inode_ops, file_ops and backing_ops are filled in for
 * each kind of object, and tracer_hooks, mm_locks, lock_ops, guard_ops and ramfs_seals each
 * belong to one annex. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "abi/signal.h"

struct backing;
struct boot_info;
struct cpio_entry;
struct cred;
struct exec;
struct fs_context;
struct file;
struct inode;
struct job_ops;
struct kernel_termios;
struct list;
struct pipe;
struct process;
struct renaming;
struct space;
struct thread;
struct trap_frame;
struct tty;
struct user;

/* What the calling thread may do beyond other threads. */
enum {
    CALLER_IS_ROOT = 1,     /* lock memory without a limit, map below mmap_min_addr */
    CALLER_MAY_RESERVE = 2, /* use the last 1/32 of memory and the last eighth of the stacks */
};

struct hooks {
    /* x86: an exception or an interrupt. The first two are called by entry.S, by their offsets. */
    void (*trap)(struct trap_frame *frame);
    /* x86: a system call. */
    void (*syscall)(struct trap_frame *frame);
    /* lib: stores a line of the log, which has no '\n'. */
    void (*log_line)(const char *line, size_t length);
    /* lib: reports a panic and ends the machine. */
    void (*report_panic)(const char *file, int line, const char *message);
    /* lib: memory for the buckets of hash tables; NULL when memory is out. */
    void *(*alloc)(size_t size);
    void (*free)(void *memory);
    /* mm: in a long operation, with no lock held, lets other threads run; with `wait`, until
     * another has run. False if the calling thread was killed and the operation should stop. */
    bool (*resched)(bool wait);
    /* mm: CALLER_* of the calling thread. Called with spinlocks held. */
    unsigned (*caller_rights)(void);
    /* vfs: sends SIGPIPE or SIGXFSZ to the calling thread. */
    void (*raise)(int signal);
    /* dev: the sessions and groups of a terminal (dev.h). */
    const struct job_ops *jobs;
};
extern struct hooks hooks;

struct annex_hooks {
    /* inject: must this allocation fail? Called only while `mm_fail_armed` is set. */
    bool (*fail_allocation)(void);
    /* kasan: logs more about the cause of a panic. */
    void (*panic_details)(void);
    /* zap: an object has lost its pages first .. end-1, by a truncation: unmaps them from every
     * space, and the copies that private VMAs have made. Called without spinlocks. */
    void (*backing_zap)(struct backing *backing, uint64_t first, uint64_t end, bool copies);
    /* memory: a fork's child has VMAs that are not to be copied, or not their pages: drops them. 0
     * or -ENOMEM. Called without locks; only the caller uses the child. */
    int (*fork_kept)(struct space *child, struct list *dead);
    /* memory: PROT_GROWSDOWN in `prot` moves *start to the start of a stack in the range. 0,
     * -EINVAL or -ENOMEM. Takes space->lock. */
    int (*widen_growing)(struct space *space, uint64_t *start, uint64_t end, uint64_t prot);
    /* memfd: opens a file without a name in the directory that the path names (O_TMPFILE). */
    int (*open_unnamed)(struct fs_context *fs, int dirfd, const char *path, int flags,
                        uint32_t mode, struct file **file);
    /* hardlinks: one name of a file in the root archive that has several. 1: it is a link now; 0:
     * it is the first name, which the caller makes; -errno. Without an entry: there are no more. */
    int (*shared_name)(struct fs_context *fs, const char *name, const struct cpio_entry *entry);
    /* exchange: a rename with flags beside RENAME_NOREPLACE. 0 or -errno; -ESTALE: to be tried
     * again.
     */
    int (*rename_rare)(struct fs_context *fs, struct renaming *renaming);
    /* report: logs all there is to say about a panic, or goes on with it after a fault. */
    void (*report_panic)(void);
    /* report: logs what this processor does, for an NMI. */
    void (*report_nmi)(const struct trap_frame *frame);
    /* grub: reads what the loader says, from the physical address of its structure. */
    void (*read_multiboot2)(uint64_t info, struct boot_info *boot);
    /* load: at times, counts the threads that run. */
    void (*load_sample)(void);
    /* kmsg: keeps a record of the log. Called with log_lock held. */
    void (*keep_log)(uint64_t ns, unsigned priority, const char *text, size_t length);
    /* hostio: waits until the host has all output of programs. Called before power-off and reboot,
     * without locks. */
    void (*finish)(void);
    /* sysrq: performs what the letter asks for. Called without locks. */
    void (*sysrq)(char letter);
    /* fifo: opens a FIFO: sets file->ops. 0 or -errno. */
    int (*fifo_open)(struct inode *inode, struct file *file);
    /* pipes: fcntl on a pipe. */
    long (*pipe_fcntl)(struct pipe *pipe, unsigned command, uint64_t arg);
    /* pipes: sets pipe->n_slots and, with a reference, the user that the pipe counts for;
     * pipe_uncount undoes that when the pipe is freed. */
    void (*pipe_count)(struct pipe *pipe);
    void (*pipe_uncount)(struct pipe *pipe);
    /* terminal: the rarer ioctls; -ENOTTY for others. */
    long (*tty_ioctl)(struct file *file, struct tty *tty, uint64_t request, uint64_t arg);
    /* terminal: computes the speeds that these settings mean; `speeds`, if not NULL, has the
     * numbers that were asked for: of input and output. Lock: tty->lock held. */
    void (*tty_speeds)(struct tty *tty, const struct kernel_termios *termios,
                       const uint32_t *speeds);
    /* times: reads a clock of processor time, in nanoseconds. False: there is no such clock.
     */
    bool (*cpu_clock_ns)(const struct thread *self, int clock, uint64_t *ns);
    /* times: timers_init is called for a new process that is not published yet, timers_stop for one
     * that ends and sets no more timers. */
    void (*timers_init)(struct process *process);
    void (*timers_stop)(struct process *process);
    /* times: RLIMIT_CPU was set. The process has not ended: exec_lock is held, or it does not run
     * yet. */
    void (*cpu_limit_set)(struct process *process);
    bool enforces_cpu_limit; /* without this, RLIMIT_CPU cannot be set */
    /* futex: the calling thread is about to leave its memory, by exec or at its end. */
    void (*thread_leaves_memory)(struct thread *thread);
    /* futex: the word of clear_child_tid was cleared in memory that others share. */
    void (*word_cleared)(struct space *space, uint64_t address);
    /* oom: a fault from user mode found no page: makes sure that there will be one, and sleeps for
     * a moment; the caller executes the instruction again. False: there will be none. */
    bool (*memory_wait)(struct thread *self);
    /* oom: a fault in a system call found no page: tries again with some of the reserve. False: the
     * access fails. Locks as for a fault. */
    bool (*memory_borrow)(struct thread *self, uint64_t address, uint64_t error);
    /* oom: on the way to user mode, if the thread has borrowed: waits until it has paid back. */
    void (*memory_pay)(struct thread *self);
    /* oom: a thread was freed. Called on the stack of another. */
    void (*thread_buried)(struct process *process);
    /* dumps: the calling thread's process dies of a signal: writes its core and ends it, or returns
     * if there is to be none. Called without locks. */
    void (*dump)(struct thread *self, const siginfo_t *info);
    /* dumps: a thread of a process that is `dumping` is about to leave: returns when the core is
     * written, as that has the registers of all threads. Takes proc_lock; sleeps. */
    void (*stay_for_dump)(struct process *process);
    /* users: drops what may be the last reference to a user, never to root's. */
    void (*user_unref_last)(struct user *user);
    /* files: clears the set-id bits of a regular file whose contents are about to change, unless
     * root changes them. */
    void (*drop_privileges)(struct fs_context *fs, struct inode *inode);
    /* users: the process has n tasks (processes and threads) more, or fewer; it has another user
     * than `old`, which may be NULL. Lock: proc_lock held. */
    void (*count_tasks)(struct process *process, int n);
    void (*move_tasks)(struct process *process, struct user *old);
    /* users: RLIMIT_NPROC, before a fork or an exec of the process. 0 or -EAGAIN. Lock: proc_lock
     * held for a fork. */
    int (*task_limit)(struct process *process, bool exec);
    /* users: exec changes exec->cred, a copy of the caller's `now`, if the file is set-id. May set
     * forbids_sharing, until the other is called. */
    void (*set_ids)(struct exec *exec, const struct cred *now);
    void (*allow_sharing)(struct exec *exec);
    /* symbols: logs which fault of the calling thread ends its process, instead of a short line. */
    void (*log_fault)(const struct trap_frame *frame, int signal);
};
extern struct annex_hooks annex_hooks;
