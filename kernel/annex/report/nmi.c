/* An NMI from outside the machine asks for a report of all processors. */
/* SPDX-License-Identifier: MIT */
#include "report.h"

#include "dev.h"
#include "proc.h"
#include "trap.h"

static uint32_t speaking; /* atomic: 1 while a processor reports, so that reports do not mix */

static void log_this_processor(const struct trap_frame *frame)
{
    struct thread *thread = current_thread();
    const char *name = thread ? thread->name : "starting";
    int pid = thread && thread->process ? thread->process->pid : 0;
    klog("nmi: processor %u runs %s (process %d), in %s at 0x%lx", this_cpu()->id, name, pid,
         trap_from_user(frame) ? "user mode" : "the kernel", frame->rip);
    if (!trap_from_user(frame))
        panic_log_backtrace(frame->rip, frame->rbp);
}

/* The interrupted code may hold any lock, also the log's: from here on the log does not take it. */
void report_nmi(const struct trap_frame *frame)
{
    while (__atomic_exchange_n(&speaking, 1, __ATOMIC_ACQUIRE))
        asm volatile("pause");
    log_emergency();
    log_this_processor(frame);
    if (this_cpu()->id == 0)
        proc_report();
    __atomic_store_n(&speaking, 0, __ATOMIC_RELEASE);
}
