/* What the files of this room share: nodes (what a name stands for), their inodes, and text. */
#pragma once

#include "abi/errno.h"
#include "abi/stat.h"
#include "proc.h"
#include "vfs.h"

/* ---- Text that is made whole before any of it is read ---- */

struct text {
    char *buf;
    size_t length, size;
    bool failed; /* out of memory: what is there is not all */
};
void text_add(struct text *text, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void text_add_bytes(struct text *text, const void *bytes, size_t n);

/* ---- Nodes: constant tables that say what each name of /proc is ---- */

struct proc_inode;

enum { CAP_LAST_CAP = 40 }; /* as many capabilities as Linux knows; here root has them all */

struct proc_node {
    const char *name;
    uint32_t mode;
    bool binding;    /* root, too, may only do what the mode says */
    bool guarded;    /* of a process: to open it takes the right to look into the process */
    bool added;      /* see struct proc_addition */
    bool by_address; /* its positions are addresses: there is no end to seek from */
    bool has_end;    /* a text that can be sought from its end, size 0, as Linux's settings can */
    /* A file is one of these. Its whole content; 0, -ESRCH when its process is gone: */
    int (*text)(struct text *text, const struct proc_inode *of);
    /* or the next piece of it, from the cursor on, three words that are 0 at first; 1 if more may
     * follow, else 0: for what grows with what a program does. Such a file keeps one piece only. */
    int (*piece)(struct text *text, const struct proc_inode *of, uint64_t *cursor);
    /* or read in place; bytes: */
    long (*live)(const struct proc_inode *of, struct io *io, uint64_t pos);
    /* and may be written to; what was written is followed by a NUL: */
    long (*write)(const struct proc_inode *of, char *line, size_t n);
    /* or changed at a position, by root alone, which is asked for at each write: */
    long (*set)(const struct proc_inode *of, char *line, size_t n, uint64_t pos);
    /* or in place, too; bytes: */
    long (*put)(const struct proc_inode *of, struct io *io, uint64_t pos);
    uint64_t *number;     /* that proc_text_number shows and proc_set_number changes; atomic ... */
    uint64_t least, most; /* ... and its limits */
    /* A link. The length, and the entry it jumps to if it does: */
    long (*readlink)(const struct proc_inode *of, char *buf, size_t size);
    int (*follow)(const struct proc_inode *of, struct entry **target);
    /* A directory: fixed names, ended by one without name, then numbers. */
    const struct proc_node *children;
    const struct proc_node *each; /* what a number of this directory is */
    const char *prefix;           /* what stands before the number; may be absent */
    /* The lowest number there from `from` on, -ENOENT, or -EACCES if the caller may not know: */
    long (*next)(const struct proc_inode *dir, long from);
};

// clang-format off
/* A setting or a fact about the machine: what its mode does not allow root may not do either. */
#define SETTING_NODE(n, t) \
    {.name = n, .mode = S_IFREG | 0444, .binding = true, .has_end = true, .text = t}
/* One that root may change. */
#define SET_NODE(n, t, s) \
    {.name = n, .mode = S_IFREG | 0644, .binding = true, .has_end = true, .text = t, .set = s}
/* One that is a number between l and m. */
#define NUMBER_NODE(n, value, l, m) \
    {.name = n, .mode = S_IFREG | 0644, .binding = true, .has_end = true, \
     .text = proc_text_number, .set = proc_set_number, .number = value, .least = l, .most = m}
// clang-format on

struct proc_inode {
    struct inode inode;
    const struct proc_node *node;
    struct process *process; /* referenced; NULL outside of /proc/PID */
    int thread;              /* below task: its number, else 0 */
    int fd;                  /* below fd and fdinfo; below /sys the processor's number; else -1 */
    uint32_t n_execs;        /* the process's when this was looked up: see program_space */
};

static inline struct proc_inode *proc_of(const struct inode *inode)
{
    return container_of(inode, struct proc_inode, inode);
}
/* Has the process been reaped, or the thread ended, that the file is about? */
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
void ns_prepare(void); /* before any of the latter is looked at */
extern const struct proc_node proc_fd_node, proc_fdinfo_node;
/* What the link of a descriptor allows, as the file was opened. */
uint32_t proc_fd_mode(const struct proc_inode *of);
long proc_fd_next(const struct proc_inode *dir, long from);

/* A name that another annex adds to a directory; it stays. proc_add is for its start. */
struct proc_addition {
    const struct proc_node *dir; /* proc_root_node, proc_process_node, proc_thread_node */
    struct proc_node node;
    struct proc_addition *next; /* proc_add's own */
};
void proc_add(struct proc_addition *addition);

/* ---- Looking at processes ---- */

/* Rights are asked about when something is read or written, as a process may have become another
 * since the file was opened: by exec of a set-user-id program, or by setuid. They are asked about
 * under the lock under which the answer is used (process_look_begin), or what is used is tied to
 * the program for which they were (program_space). */

/* May the caller look into that process right now, as ptrace decides it? 0, -EACCES. */
int process_may_look(struct process *process);
/* From here to the end its identity, `space` and `exe` hold still, and no thread leaves; the looker
 * drops no file meanwhile. 0; -EACCES: `guarded`, and the caller may not look; -ENOENT: the process
 * has ended. */
int process_look_begin(struct process *process, bool guarded);
void process_look_end(struct process *process);
/* In between: the thread that the file is about, below /proc/PID the one whose number is PID; NULL
 * if it has ended. */
struct thread *thread_looked_at(const struct proc_inode *of);
/* The thread that the file is about, below /proc/PID the process's first that is left; NULL if
 * there is none. proc_lock is held. */
struct thread *thread_of_locked(const struct proc_inode *of);
/* Referenced; NULL where process_look_begin refuses. */
struct space *process_space(struct process *process, bool guarded);
/* The same, but NULL too if the process has begun another program since `of` was looked up: that
 * one's secrets are not for who was allowed to see the former's. */
struct space *program_space(const struct proc_inode *of);

/* What a process's areas come to, in bytes. */
struct process_sizes {
    uint64_t total, most, resident, anonymous, shared_memory; /* the latter three are in memory */
    uint64_t data, stack, program, libraries, tables, locked;
};
/* Adds up the areas of a process; all 0 when it has ended. */
void process_measure(struct process *process, struct process_sizes *sizes);
/* Shared memory without a file, or whose file never had a name. */
bool area_is_shared_memory(struct space *space, const struct area *area);

/* The path as the caller sees it, into the end of a page, from *start on. 0 or -errno. */
int path_seen(struct entry *entry, char *page, char **start);
/* The same as a link's content: its length, cut at size. Drops the reference on entry. */
long path_link(struct entry *entry, char *buf, size_t size);

/* ---- Processors ---- */

uint64_t count_interrupts(void); /* of all kinds, on all */

/* A set of processors, bit = id, as Linux writes it: in hexadecimal, or as "0-2,4". */
void text_add_mask(struct text *text, uint32_t mask);
void text_add_list(struct text *text, uint32_t mask);
/* Those whose APIC's number is the same above the shift: of a core, of a package. */
uint32_t cpus_beside(uint32_t cpu, uint32_t shift);
uint32_t cpu_core_id(uint32_t cpu); /* within its package */
extern struct cpu_identity cpu_identity;
void cpu_prepare(void); /* before any of these is read */

/* The contents of files, by name: */
int proc_text_number(struct text *text, const struct proc_inode *of);
long proc_set_number(const struct proc_inode *of, char *line, size_t n, uint64_t pos);
int proc_text_stat(struct text *text, const struct proc_inode *of);
int proc_text_statm(struct text *text, const struct proc_inode *of);
int proc_text_status(struct text *text, const struct proc_inode *of);
int proc_text_limits(struct text *text, const struct proc_inode *of);
int proc_piece_maps(struct text *text, const struct proc_inode *of, uint64_t *cursor);
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
extern const char *proc_command_line; /* what /proc/cmdline shows */
int proc_text_command_line(struct text *text, const struct proc_inode *of);
int proc_text_devices(struct text *text, const struct proc_inode *of);
int proc_text_nothing(struct text *text, const struct proc_inode *of);
int proc_text_partitions(struct text *text, const struct proc_inode *of);
int proc_text_swaps(struct text *text, const struct proc_inode *of);
int proc_text_filesystems(struct text *text, const struct proc_inode *of);
long proc_live_cmdline(const struct proc_inode *of, struct io *io, uint64_t pos);
long proc_live_environ(const struct proc_inode *of, struct io *io, uint64_t pos);
long proc_live_auxv(const struct proc_inode *of, struct io *io, uint64_t pos);
long proc_live_mem(const struct proc_inode *of, struct io *io, uint64_t pos);
long proc_live_pagemap(const struct proc_inode *of, struct io *io, uint64_t pos);
long proc_put_mem(const struct proc_inode *of, struct io *io, uint64_t pos);
