/* /proc/PID/io: what a process has read and written. */
/* SPDX-License-Identifier: MIT */
#include "nodes.h"

/* For a process: the sums of all its threads, ended ones included, and of the children that it has
 * waited for. For a thread: its own. There is no disk, so no bytes come from one. */
int proc_text_io(struct text *text, const struct proc_inode *of)
{
    struct usage usage = {0};
    if (process_may_look(of->process) < 0)
        return -EACCES;
    spin_lock(&proc_lock);
    if (of->thread) {
        struct thread *thread = thread_of_locked(of);
        if (thread)
            usage = thread_usage(thread);
    } else {
        usage = process_usage_locked(of->process);
        usage_add(&usage, &of->process->children_usage);
    }
    spin_unlock(&proc_lock);
    text_add(text, "rchar: %lu\nwchar: %lu\nsyscr: %lu\nsyscw: %lu\n", usage.io.read_bytes,
             usage.io.written_bytes, usage.io.n_reads, usage.io.n_writes);
    text_add(text, "read_bytes: 0\nwrite_bytes: 0\ncancelled_write_bytes: 0\n");
    return 0;
}
