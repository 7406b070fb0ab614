/* /proc/PID/syscall, stack and timerslack_ns: in which call a thread waits, where in the kernel,
 * and how late its timers may be. */
/* SPDX-License-Identifier: MIT */
#include "nodes.h"

#include "annex/report/report.h"

enum { MOST_CALLS = 32 };

/* Shows the number and arguments of the call in which a thread sleeps, or -1 if it is in none. The
 * thread may wake up meanwhile; then it is the call in which it slept. */
int proc_text_syscall(struct text *text, const struct proc_inode *of)
{
    int err = process_look_begin(of->process, true);
    if (err == -ENOENT)
        text_add(text, "-1 0x0 0x0\n"); /* it has ended */
    if (err)
        return err == -EACCES ? -EPERM : 0;
    const struct thread *thread = thread_looked_at(of);
    if (!thread) {
        text_add(text, "-1 0x0 0x0\n");
    } else if (thread != current_thread() &&
               __atomic_load_n(&thread->state, __ATOMIC_RELAXED) != THREAD_ASLEEP) {
        text_add(text, "running\n");
    } else {
        const struct trap_frame *frame = trap_frame_at(thread->stack_top);
        if (frame->vector < TRAP_SYSCALL)
            text_add(text, "-1");
        else
            text_add(text, "%lu 0x%lx 0x%lx 0x%lx 0x%lx 0x%lx 0x%lx", frame->error, frame->rdi,
                     frame->rsi, frame->rdx, frame->r10, frame->r8, frame->r9);
        text_add(text, " 0x%lx 0x%lx\n", frame->rsp, frame->rip);
    }
    process_look_end(of->process);
    return 0;
}

/* Shows the functions of the kernel in which a thread is. Only for root, as it reveals addresses of
 * the kernel. */
int proc_text_stack(struct text *text, const struct proc_inode *of)
{
    char symbol[64];
    uint64_t addresses[MOST_CALLS];
    size_t n = 0;
    if (current_process()->euid != 0)
        return -EACCES;
    if (process_look_begin(of->process, true) < 0)
        return 0; /* it has ended */
    const struct thread *thread = thread_looked_at(of);
    if (thread)
        n = thread_backtrace(thread, addresses, MOST_CALLS);
    process_look_end(of->process);
    for (size_t i = 0; i < n; i++)
        text_add(text, "[<0>] %s/0x%x\n", kernel_symbol(addresses[i], symbol, sizeof(symbol)),
                 kernel_symbol_bytes(addresses[i]));
    return 0;
}

/* ---- The slack of timers ---- */

/* Finds the thread for a look at its slack: the caller, or any thread if the caller is root. 0, and
 * the look has begun; or -ESRCH, -EPERM. */
static int begin_slack(const struct proc_inode *of, struct thread **thread)
{
    int err = process_look_begin(of->process, false);
    if (err)
        return -ESRCH;
    *thread = thread_looked_at(of);
    if (!*thread)
        err = -ESRCH;
    else if (*thread != current_thread() && current_process()->euid != 0)
        err = -EPERM;
    if (err)
        process_look_end(of->process);
    return err;
}

int proc_text_slack(struct text *text, const struct proc_inode *of)
{
    struct thread *thread;
    int err = begin_slack(of, &thread);
    if (err)
        return err;
    text_add(text, "%lu\n", __atomic_load_n(&thread->timer_slack_ns, __ATOMIC_RELAXED));
    process_look_end(of->process);
    return 0;
}

/* 0 restores the usual value. */
long proc_write_slack(const struct proc_inode *of, char *line, size_t n)
{
    uint64_t slack;
    struct thread *thread;
    size_t digits = n && line[n - 1] == '\n' ? n - 1 : n;
    if (!number_parse(line, digits, 10, &slack))
        return -EINVAL;
    int err = begin_slack(of, &thread);
    if (err)
        return err;
    __atomic_store_n(&thread->timer_slack_ns, slack ? slack : thread->usual_slack_ns,
                     __ATOMIC_RELAXED);
    process_look_end(of->process);
    return (long)n;
}
