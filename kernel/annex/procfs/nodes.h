/* What the files of the annex procfs share: nodes (what a name of /proc means), their inodes, and
 * text.
 *
 * /proc is described by constant tables of nodes. A node says what a name means: a directory with
 * other nodes, a link, or a file with functions that make its text. Nothing is stored: an inode is
 * made when a name is looked up, from the node and, below /proc/PID, the process. A text is made
 * when it is read.
 *
 * Read nodes.c, files.c and text.c first, then look.c, process.c and system.c; every other file is
 * about one group of names. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include "abi/errno.h"
#include "abi/stat.h"
#include "cpuid.h"
#include "proc.h"
#include "vfs.h"

/* ---- Threads of other processes (thread.c) ---- */

/* The thread with this number, if it belongs to the process and has not left it; otherwise NULL. It
 * stays while the caller holds exec_lock. */
struct thread *process_thread(const struct process *process, int tid);
/* The lowest number, `from` or above, of a thread of the process; -ENOENT. A walk over all threads
 * visits each number in use at most once, however many threads there are. Takes proc_lock. */
int process_next_thread(const struct process *process, int from);
/* Is this the number of the process or of one of its threads? Takes proc_lock. */
bool process_has_thread(const struct process *process, int tid);
/* The root or the working directory of another thread, referenced; NULL if the thread has ended.
 * The caller makes sure that the structure is not freed. */
struct dentry *fs_look(struct fs_context *fs, bool root);
int fs_look_umask(struct fs_context *fs); /* likewise; -1: the thread has ended */
/* How many descriptors the table can hold before it grows; 0 if the thread has ended. The context
 * may be of another thread, as in fs_look. */
uint32_t fd_slots(struct fs_context *fs);

/* ---- Text ---- */

struct text {
    char *buf;
    size_t length, size;
    bool failed; /* memory is out: the text is not complete */
};
void text_add(struct text *text, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void text_add_bytes(struct text *text, const void *bytes, size_t n);

/* ---- Nodes ---- */

struct proc_inode;

enum { CAP_LAST_CAP = 40 }; /* as many capabilities as on Linux; root has them all */

struct proc_node {
    const char *name;
    uint32_t mode;
    bool binding;    /* the mode binds root, too */
    bool guarded;    /* of a process: may be opened only by a caller that may look into it */
    bool added;      /* see struct proc_addition */
    bool by_address; /* positions are addresses: it cannot be sought from its end */
    bool has_end;    /* can be sought from its end, which is 0, as settings on Linux */
    /* A file has one of these. Makes its whole text; 0, or -ESRCH if its process is gone: */
    int (*text)(struct text *text, const struct proc_inode *of);
    /* or makes the next piece of its text, from the cursor on, which is three words that are 0 at
     * first. 1 if there may be more, otherwise 0. For texts that grow with what a program does:
     * only one piece is kept. */
    int (*piece)(struct text *text, const struct proc_inode *of, uint64_t *cursor);
    /* or reads in place. The number of bytes: */
    long (*live)(const struct proc_inode *of, struct uio *uio, uint64_t pos);
    /* It may also be writable. Gets what was written, followed by a NUL: */
    long (*write)(const struct proc_inode *of, char *line, size_t n);
    /* or the same with a position, only for root, which is checked at each write: */
    long (*set)(const struct proc_inode *of, char *line, size_t n, uint64_t pos);
    /* or writes in place. The number of bytes: */
    long (*put)(const struct proc_inode *of, struct uio *uio, uint64_t pos);
    uint64_t *number;     /* for proc_text_number and proc_set_number; atomic ... */
    uint64_t least, most; /* ... and its limits */
    /* A link. Its text; and the dentry that it jumps to, if it does not just name a path: */
    long (*readlink)(const struct proc_inode *of, char *buf, size_t size);
    int (*follow)(const struct proc_inode *of, struct dentry **target);
    /* A directory: fixed names, the last one followed by a node without a name; then numbers. */
    const struct proc_node *children;
    const struct proc_node *each; /* the node of all its numbers */
    const char *prefix;           /* the text in front of each number, or NULL */
    /* The lowest number from `from` on; -ENOENT, or -EACCES if the caller may not know: */
    long (*next)(const struct proc_inode *dir, long from);
};

/* clang-format off */
/* A setting or a fact about the machine. Its mode binds root, too. */
#define SETTING_NODE(n, t) \
    {.name = n, .mode = S_IFREG | 0444, .binding = true, .has_end = true, .text = t}
/* A setting that root may change. */
#define SET_NODE(n, t, s) \
    {.name = n, .mode = S_IFREG | 0644, .binding = true, .has_end = true, .text = t, .set = s}
/* A setting that is a number between l and m. */
#define NUMBER_NODE(n, value, l, m) \
    {.name = n, .mode = S_IFREG | 0644, .binding = true, .has_end = true, \
     .text = proc_text_number, .set = proc_set_number, .number = value, .least = l, .most = m}
/* clang-format on */

struct proc_inode {
    struct inode inode;
    const struct proc_node *node;
    struct process *process; /* referenced; NULL outside of /proc/PID */
    int thread;              /* below task: its number; otherwise 0 */
    int fd; /* below fd and fdinfo; below /sys the number of the processor; otherwise -1 */
    uint32_t n_execs; /* of the process at the look-up: see program_space */
};

static inline struct proc_inode *proc_of(const struct inode *inode)
{
    return container_of(inode, struct proc_inode, inode);
}
/* Has the process of the file been reaped, or its thread ended? */
static inline bool proc_is_gone(const struct proc_inode *proc)
{
    if (!proc->process)
        return false;
    if (proc->thread)
        return !process_has_thread(proc->process, proc->thread);
    return __atomic_load_n(&proc->process->state, __ATOMIC_RELAXED) == PROCESS_REAPED;
}
int proc_open_file(struct inode *inode, struct file *file); /* inode_ops.open */

extern const struct proc_node proc_root_node, sysfs_root_node;
extern const struct proc_node proc_process_node, proc_thread_node;
extern const struct proc_node proc_sys_children[], proc_ns_children[];
void ns_prepare(void); /* called before the latter are used */
extern const struct proc_node proc_fd_node, proc_fdinfo_node;
/* The mode of the link of a descriptor, as the file was opened. */
uint32_t proc_fd_mode(const struct proc_inode *of);
long proc_fd_next(const struct proc_inode *dir, long from);

/* A name that another annex adds to a directory for good. proc_add is called at bring-up. */
struct proc_addition {
    const struct proc_node *dir; /* proc_root_node, proc_process_node, proc_thread_node */
    struct proc_node node;
    struct proc_addition *next; /* for proc_add */
};
void proc_add(struct proc_addition *addition);

/* ---- Looking at processes ---- */

/* Rights are checked at each read and write, not only at the open: the process may have become
 * another program since then, by exec of a set-user-id file, or another user, by setuid. The check
 * happens with the lock held under which its answer is used (process_look_begin); or what is used
 * belongs to the program for which it was made (program_space). */

/* May the caller look into the process now, by the rules of ptrace? 0 or -EACCES. Takes exec_lock.
 */
int process_may_look(struct process *process);
/* Takes exec_lock. Until process_look_end, identity, `space` and `exe` do not change, and no thread
 * leaves; the caller releases no file meanwhile. 0; -EACCES: `guarded` is set, and the caller may
 * not look; -ENOENT: the process has ended. */
int process_look_begin(struct process *process, bool guarded);
void process_look_end(struct process *process);
/* Between these two: the thread that the file is about, below /proc/PID the one with the number
 * PID. NULL if it has ended. */
struct thread *thread_looked_at(const struct proc_inode *of);
/* The thread that the file is about, below /proc/PID the first of the process. NULL if there is
 * none. Lock: proc_lock held. */
struct thread *thread_of_locked(const struct proc_inode *of);
/* The process's space, referenced; NULL if process_look_begin refuses. */
struct space *process_space(struct process *process, bool guarded);
/* The same, but also NULL if the process has executed another program since `of` was looked up: the
 * right to see the old one does not extend to the new one. */
struct space *program_space(const struct proc_inode *of);

/* The sizes of a process's memory, in bytes. */
struct process_sizes {
    uint64_t total, most;
    uint64_t resident, anonymous, shared_memory; /* pages in memory */
    uint64_t most_resident;                      /* the most that `resident` was */
    uint64_t data, stack, program, libraries, tables, locked;
};
/* Adds up the VMAs of a process; all are 0 if it has ended. */
void process_measure(struct process *process, struct process_sizes *sizes);
/* Is it shared memory without a file, or with one that never had a name? */
bool vma_is_shared_memory(struct space *space, const struct vma *vma);

/* Writes the path as the caller sees it to the end of a page; *start is where it begins. 0 or
 * -errno. */
int path_seen(struct dentry *dentry, char *page, char **start);
/* The same as the text of a link: the result is its length, cut at size. Releases the reference to
 * dentry. */
long path_link(struct dentry *dentry, char *buf, size_t size);

/* ---- Processors ---- */

uint64_t count_interrupts(void); /* the sum over all kinds and processors */

/* Adds a set of processors (bit = id) as Linux writes it: in hexadecimal, or as "0-2,4". */
void text_add_mask(struct text *text, uint32_t mask);
void text_add_list(struct text *text, uint32_t mask);
/* The processors whose APIC number is the same above the shift: those of a core or of a package. */
uint32_t cpus_beside(uint32_t cpu, uint32_t shift);
uint32_t cpu_core_id(uint32_t cpu); /* within its package */
extern struct cpu_identity cpu_identity;
void cpu_prepare(void); /* called before these are used */

/* The functions of files, by name: */
int proc_text_number(struct text *text, const struct proc_inode *of);
long proc_set_number(const struct proc_inode *of, char *line, size_t n, uint64_t pos);
int proc_text_stat(struct text *text, const struct proc_inode *of);
int proc_text_statm(struct text *text, const struct proc_inode *of);
int proc_text_status(struct text *text, const struct proc_inode *of);
int proc_text_limits(struct text *text, const struct proc_inode *of);
int proc_piece_maps(struct text *text, const struct proc_inode *of, uint64_t *cursor);
int proc_piece_children(struct text *text, const struct proc_inode *of, uint64_t *cursor);
int proc_piece_smaps(struct text *text, const struct proc_inode *of, uint64_t *cursor);
int proc_text_smaps_rollup(struct text *text, const struct proc_inode *of);
int proc_text_io(struct text *text, const struct proc_inode *of);
int proc_text_syscall(struct text *text, const struct proc_inode *of);
int proc_text_stack(struct text *text, const struct proc_inode *of);
int proc_text_slack(struct text *text, const struct proc_inode *of);
long proc_write_slack(const struct proc_inode *of, char *line, size_t n);
int proc_text_mountstats(struct text *text, const struct proc_inode *of);
int proc_text_mounts(struct text *text, const struct proc_inode *of);
int proc_text_mountinfo(struct text *text, const struct proc_inode *of);
int proc_text_cpuinfo(struct text *text, const struct proc_inode *of);
int proc_text_meminfo(struct text *text, const struct proc_inode *of);
int proc_text_machine_stat(struct text *text, const struct proc_inode *of);
int proc_text_interrupts(struct text *text, const struct proc_inode *of);
int proc_piece_locks(struct text *text, const struct proc_inode *of, uint64_t *cursor);
int proc_text_loadavg(struct text *text, const struct proc_inode *of);
int proc_text_uptime(struct text *text, const struct proc_inode *of);
int proc_text_version(struct text *text, const struct proc_inode *of);
extern const char *proc_command_line; /* for /proc/cmdline */
int proc_text_command_line(struct text *text, const struct proc_inode *of);
int proc_text_devices(struct text *text, const struct proc_inode *of);
int proc_text_nothing(struct text *text, const struct proc_inode *of);
int proc_text_partitions(struct text *text, const struct proc_inode *of);
int proc_text_swaps(struct text *text, const struct proc_inode *of);
int proc_text_filesystems(struct text *text, const struct proc_inode *of);
long proc_live_cmdline(const struct proc_inode *of, struct uio *uio, uint64_t pos);
long proc_live_environ(const struct proc_inode *of, struct uio *uio, uint64_t pos);
long proc_live_auxv(const struct proc_inode *of, struct uio *uio, uint64_t pos);
long proc_live_mem(const struct proc_inode *of, struct uio *uio, uint64_t pos);
long proc_live_pagemap(const struct proc_inode *of, struct uio *uio, uint64_t pos);
long proc_put_mem(const struct proc_inode *of, struct uio *uio, uint64_t pos);
