/* /proc/PID: the table of its names, and the links to directories and program of a process. */
/* SPDX-License-Identifier: MIT */
#include "abi/auxvec.h"
#include "nodes.h"

/* ---- Links ---- */

/* The working directory or root of the thread, referenced. 0, -EACCES, or -ENOENT if it has ended.
 */
static int follow_name(const struct proc_inode *of, bool root, struct dentry **target)
{
    int err = process_look_begin(of->process, true);
    if (err)
        return err;
    struct thread *thread = thread_looked_at(of);
    *target = thread ? fs_look(&thread->fs, root) : NULL;
    process_look_end(of->process);
    return *target ? 0 : -ENOENT;
}

static int follow_cwd(const struct proc_inode *of, struct dentry **target)
{
    return follow_name(of, false, target);
}

static int follow_root(const struct proc_inode *of, struct dentry **target)
{
    return follow_name(of, true, target);
}

static int follow_exe(const struct proc_inode *of, struct dentry **target)
{
    int err = process_look_begin(of->process, true);
    if (err)
        return err;
    *target = of->process->exe ? of->process->exe->dentry : NULL;
    if (*target)
        dentry_ref(*target);
    process_look_end(of->process);
    return *target ? 0 : -ENOENT;
}

/* The text of a link that jumps: the path of its target. */
static long read_jump(const struct proc_inode *of, char *buf, size_t size)
{
    struct dentry *target;
    int err = of->node->follow(of, &target);
    return err ? err : path_link(target, buf, size);
}

/* ---- Threads ---- */

static long next_thread(const struct proc_inode *dir, long from)
{
    long lowest = process_next_thread(dir->process, (int)min(from, (long)INT32_MAX));
    if (lowest < 0 && dir->process->state == PROCESS_ZOMBIE && dir->process->pid >= from)
        lowest = dir->process->pid; /* a zombie still shows its first thread */
    return lowest;
}

/* ---- Short files ---- */

static int text_comm(struct text *text, const struct proc_inode *of)
{
    char name[sizeof(((struct thread *)0)->name)] = "";
    spin_lock(&proc_lock);
    struct thread *thread = thread_of_locked(of);
    if (thread)
        strlcpy(name, thread->name, sizeof(name));
    spin_unlock(&proc_lock);
    text_add(text, "%s\n", name);
    return 0;
}

static long write_comm(const struct proc_inode *of, char *line, size_t n)
{
    if (of->process != current_process())
        return -EINVAL;
    spin_lock(&proc_lock);
    struct thread *thread = thread_of_locked(of);
    if (thread) {
        memset(thread->name, 0, sizeof(thread->name));
        strlcpy(thread->name, line, sizeof(thread->name));
    }
    spin_unlock(&proc_lock);
    return thread ? (long)n : -ESRCH;
}

static int text_wchan(struct text *text, const struct proc_inode *of)
{
    bool may = process_may_look(of->process) == 0;
    spin_lock(&proc_lock);
    struct thread *thread = may ? thread_of_locked(of) : NULL;
    const char *what = thread && thread->state == THREAD_ASLEEP ? thread->waits_for : NULL;
    spin_unlock(&proc_lock);
    text_add(text, "%s", what ? what : "0");
    return 0;
}

/* Groups of processes whose use of resources is limited: there is only the root of them. */
static int text_cgroup(struct text *text, const struct proc_inode *of)
{
    (void)of;
    text_add(text, "0::/\n");
    return 0;
}

static int text_personality(struct text *text, const struct proc_inode *of)
{
    if (process_may_look(of->process) < 0)
        return -EPERM;
    text_add(text, "%08x\n", of->process->personality);
    return 0;
}

/* ---- The tables ---- */

/* clang-format off */
#define FILE_NODE(n, m, t) {.name = n, .mode = S_IFREG | (m), .text = t}
#define LIVE_NODE(n, m, g, l) {.name = n, .mode = S_IFREG | (m), .guarded = g, .live = l}
#define JUMP_NODE(n, f) \
    {.name = n, .mode = S_IFLNK | 0777, .guarded = true, .readlink = read_jump, .follow = f}
#define NUMBERS_NODE(n, m, g, e, f) \
    {.name = n, .mode = S_IFDIR | (m), .guarded = g, .each = e, .next = f}
#define COMMON_NODES \
    LIVE_NODE("auxv", 0400, true, proc_live_auxv), \
    FILE_NODE("cgroup", 0444, text_cgroup), \
    LIVE_NODE("cmdline", 0444, false, proc_live_cmdline), \
    {.name = "comm", .mode = S_IFREG | 0644, .text = text_comm, .write = write_comm}, \
    JUMP_NODE("cwd", follow_cwd), \
    LIVE_NODE("environ", 0400, true, proc_live_environ), \
    JUMP_NODE("exe", follow_exe), \
    NUMBERS_NODE("fd", 0500, true, &proc_fd_node, proc_fd_next), \
    NUMBERS_NODE("fdinfo", 0555, true, &proc_fdinfo_node, proc_fd_next), \
    FILE_NODE("io", 0400, proc_text_io), \
    FILE_NODE("limits", 0444, proc_text_limits), \
    {.name = "maps", .mode = S_IFREG | 0444, .guarded = true, .piece = proc_piece_maps}, \
    {.name = "mem", .mode = S_IFREG | 0600, .guarded = true, .by_address = true, \
     .live = proc_live_mem, .put = proc_put_mem}, \
    FILE_NODE("mountinfo", 0444, proc_text_mountinfo), \
    FILE_NODE("mounts", 0444, proc_text_mounts), \
    {.name = "ns", .mode = S_IFDIR | 0511, .children = proc_ns_children}, \
    {.name = "pagemap", .mode = S_IFREG | 0400, .guarded = true, .by_address = true, \
     .live = proc_live_pagemap}, \
    {.name = "personality", .mode = S_IFREG | 0400, .guarded = true, .text = text_personality}, \
    JUMP_NODE("root", follow_root), \
    {.name = "smaps", .mode = S_IFREG | 0444, .guarded = true, .piece = proc_piece_smaps}, \
    {.name = "smaps_rollup", .mode = S_IFREG | 0444, .guarded = true, \
     .text = proc_text_smaps_rollup}, \
    FILE_NODE("stack", 0400, proc_text_stack), \
    FILE_NODE("stat", 0444, proc_text_stat), \
    FILE_NODE("statm", 0444, proc_text_statm), \
    FILE_NODE("status", 0444, proc_text_status), \
    FILE_NODE("syscall", 0400, proc_text_syscall)
/* clang-format on */

static const struct proc_node thread_children[] = {
    COMMON_NODES,
    {.name = "children", .mode = S_IFREG | 0444, .piece = proc_piece_children},
    FILE_NODE("wchan", 0444, text_wchan),
    {},
};

const struct proc_node proc_thread_node = {
    .mode = S_IFDIR | 0555,
    .children = thread_children,
};

static const struct proc_node process_children[] = {
    COMMON_NODES,
    FILE_NODE("mountstats", 0400, proc_text_mountstats),
    NUMBERS_NODE("task", 0555, false, &proc_thread_node, next_thread),
    {.name = "timerslack_ns",
     .mode = S_IFREG | 0666,
     .text = proc_text_slack,
     .write = proc_write_slack},
    FILE_NODE("wchan", 0444, text_wchan),
    {},
};

const struct proc_node proc_process_node = {
    .mode = S_IFDIR | 0555,
    .children = process_children,
};
