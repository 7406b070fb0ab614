/* The report of what every process is doing, for panics, time-outs and the console's key. */
/* SPDX-License-Identifier: MIT */
#include "report.h"

#include "proc/private.h"

static const char *state_name(const struct process *process, const struct thread *thread)
{
    static const char *const names[] = {
        [THREAD_NEW] = "new",       [THREAD_READY] = "ready", [THREAD_RUNNING] = "running",
        [THREAD_ASLEEP] = "asleep", [THREAD_DEAD] = "dead",
    };
    return process->stopped ? "stopped" : names[thread->state % ARRAY_SIZE(names)];
}

/* Reads names while another processor may rename them, so it looks at most DEPTH_LIMIT steps up. */
const char *thread_cwd_peek(const struct thread *thread, char *buf, size_t size)
{
    enum { DEPTH_LIMIT = 64 };
    char *at = buf + size - 1;
    const struct dentry *dentry = thread->fs.names ? thread->fs.names->cwd : NULL;
    *at = '\0';
    for (int i = 0; dentry && i < DEPTH_LIMIT; i++) {
        while (vfs_mount_point(dentry))
            dentry = vfs_mount_point(dentry);
        if (dentry->parent == dentry)
            break;
        size_t length = dentry->name_len;
        if (length + 1 > (size_t)(at - buf))
            break;
        at -= length;
        memcpy(at, dentry_name(dentry), length);
        *--at = '/';
        dentry = dentry->parent;
    }
    return *at ? at : dentry ? "/" : "?";
}

/* The thread may start to run meanwhile. Then some of the addresses are old ones. */
size_t thread_backtrace(const struct thread *thread, uint64_t *addresses, size_t n)
{
    if (thread == current_thread())
        return kernel_backtrace((uint64_t)__builtin_frame_address(0), addresses, n);
    uint64_t rsp = thread->kernel_rsp;
    if (thread->state == THREAD_RUNNING || !rsp)
        return 0;
    uint64_t rbp = ((const uint64_t *)rsp)[5]; /* the last saved */
    return rbp < rsp ? 0 : kernel_backtrace_below(rbp, (uint64_t)thread->stack_top, addresses, n);
}

/* Logs the functions in which a thread sleeps. */
static void report_place(const struct thread *thread)
{
    char symbol[64];
    uint64_t addresses[8];
    if (thread->state == THREAD_RUNNING)
        return;
    size_t n = thread_backtrace(thread, addresses, ARRAY_SIZE(addresses));
    for (size_t i = 0; i < n; i++)
        klog("      %s", kernel_symbol(addresses[i], symbol, sizeof(symbol)));
}

static void report_thread(const struct process *process, const struct thread *thread)
{
    char cwd[128];
    const struct trap_frame *frame = trap_frame_at(thread->stack_top);
    klog("  %d %s: %s%s%s, cwd %s, user rip 0x%lx, rsp 0x%lx, last call %lu", thread->tid,
         thread->name, state_name(process, thread), thread->waits_for ? ", waits for " : "",
         thread->waits_for ? thread->waits_for : "", thread_cwd_peek(thread, cwd, sizeof(cwd)),
         frame->rip, frame->rsp, frame->error);
    report_place(thread);
}

void proc_report(void)
{
    klog("processes (%u):", process_count());
    for (struct process *process = process_first_locked(0); process;
         process = process_first_locked(process->pid)) {
        struct thread *thread;
        if (list_empty(&process->threads))
            klog("  %d: %s", process->pid,
                 process->state == PROCESS_ZOMBIE ? "ended, not waited for" : "ending");
        list_for_each(thread, &process->threads, process_node)
            report_thread(process, thread);
    }
}
