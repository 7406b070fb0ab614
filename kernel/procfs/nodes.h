/* What the files of this room share: nodes (what a name stands for), their inodes, and text. */
#pragma once

#include "abi/errno.h"
#include "abi/stat.h"
#include "proc.h"
#include "procfs.h"

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

struct proc_node {
    const char *name;
    uint32_t mode;
    bool guarded; /* of a process: to open it takes the right to look into the process */
    bool has_end; /* a text that can be sought from its end, size 0, as Linux's settings can */
    /* A file is one of these. Its whole content; 0, -ESRCH when its process is gone: */
    int (*text)(struct text *text, const struct proc_inode *of);
    /* or read in place; bytes: */
    long (*live)(const struct proc_inode *of, struct io *io, uint64_t pos);
    /* and may be written to; what was written is followed by a NUL: */
    long (*write)(const struct proc_inode *of, char *line, size_t n);
    /* A link. The length, and the entry it jumps to if it does: */
    long (*readlink)(const struct proc_inode *of, char *buf, size_t size);
    int (*follow)(const struct proc_inode *of, struct entry **target);
    /* A directory: fixed names, ended by one without name, then numbers. */
    const struct proc_node *children;
    const struct proc_node *each; /* what a number of this directory is */
    /* The lowest number there from `from` on, -ENOENT, or -EACCES if the caller may not know: */
    long (*next)(const struct proc_inode *dir, long from);
};

struct proc_inode {
    struct inode inode;
    const struct proc_node *node;
    struct process *process; /* referenced; NULL outside of /proc/PID */
    int thread;              /* below task: its number, else 0 */
    int fd;                  /* below fd and fdinfo */
    uint32_t n_execs;        /* the process's when this was looked up: see program_space */
};

extern const struct proc_node proc_root_node;
extern const struct proc_node proc_process_node, proc_thread_node;
extern const struct proc_node proc_sys_children[];
extern const struct proc_node proc_fd_node, proc_fdinfo_node;
long proc_fd_next(const struct proc_inode *dir, long from);

/* ---- Looking at processes ---- */

/* Rights are asked about when something is read or written, as a process may have become another
 * since the file was opened: by exec of a set-user-id program, or by setuid. They are asked about
 * under the lock under which the answer is used (process_look_begin), or what is used is tied to
 * the program for which they were (program_space). */

/* May the caller look into that process right now, as ptrace decides it? 0, -EACCES. */
int process_may_look(struct process *process);
/* From here to the end its identity, `fs`, `space` and `exe` hold still; the looker drops no file
 * meanwhile. 0; -EACCES: `guarded`, and the caller may not look; -ENOENT: the process has ended. */
int process_look_begin(struct process *process, bool guarded);
void process_look_end(struct process *process);
/* Referenced; NULL where process_look_begin refuses. */
struct space *process_space(struct process *process, bool guarded);
/* The same, but NULL too if the process has begun another program since `of` was looked up: that
 * one's secrets are not for who was allowed to see the former's. */
struct space *program_space(const struct proc_inode *of);

/* The path as the caller sees it, into the end of a page, from *start on. 0 or -errno. */
int path_seen(struct entry *entry, char *page, char **start);
/* The same as a link's content: its length, cut at size. Drops the reference on entry. */
long path_link(struct entry *entry, char *buf, size_t size);

/* The contents of files, by name: */
int proc_text_stat(struct text *text, const struct proc_inode *of);
int proc_text_statm(struct text *text, const struct proc_inode *of);
int proc_text_status(struct text *text, const struct proc_inode *of);
int proc_text_limits(struct text *text, const struct proc_inode *of);
int proc_text_maps(struct text *text, const struct proc_inode *of);
int proc_text_mounts(struct text *text, const struct proc_inode *of);
int proc_text_mountinfo(struct text *text, const struct proc_inode *of);
int proc_text_kcounts(struct text *text, const struct proc_inode *of);
int proc_text_cpuinfo(struct text *text, const struct proc_inode *of);
int proc_text_meminfo(struct text *text, const struct proc_inode *of);
int proc_text_machine_stat(struct text *text, const struct proc_inode *of);
int proc_text_loadavg(struct text *text, const struct proc_inode *of);
int proc_text_uptime(struct text *text, const struct proc_inode *of);
int proc_text_version(struct text *text, const struct proc_inode *of);
int proc_text_command_line(struct text *text, const struct proc_inode *of);
int proc_text_devices(struct text *text, const struct proc_inode *of);
int proc_text_filesystems(struct text *text, const struct proc_inode *of);
int proc_text_oom_score(struct text *text, const struct proc_inode *of);
int proc_text_oom_score_adj(struct text *text, const struct proc_inode *of);
int proc_text_oom_adj(struct text *text, const struct proc_inode *of);
long proc_write_oom_score_adj(const struct proc_inode *of, char *line, size_t n);
long proc_write_oom_adj(const struct proc_inode *of, char *line, size_t n);
long proc_live_cmdline(const struct proc_inode *of, struct io *io, uint64_t pos);
long proc_live_environ(const struct proc_inode *of, struct io *io, uint64_t pos);
long proc_live_auxv(const struct proc_inode *of, struct io *io, uint64_t pos);
long proc_live_fail_nth(const struct proc_inode *of, struct io *io, uint64_t pos);
long proc_write_fail_nth(const struct proc_inode *of, char *line, size_t n);
