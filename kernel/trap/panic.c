/* A panic: what happened, where, in which process, and the way there; then the machine ends.
 *
 * A panic may happen anywhere: with any lock held, with memory that is damaged, on a stack that has
 * overflowed, on several processors at once. So the report takes no locks and allocates nothing.
 * The first processor that panics becomes the reporter and stops all others by an NMI; another one
 * that panics meanwhile waits for that.
 *
 * The report itself may fault. A fault comes back to panic_report(), which then ends the machine,
 * or lets the annex `report`, whose report is longer, go on with what it has not tried yet. */
/* SPDX-License-Identifier: MIT */
#include "trap.h"

#include "dev.h"
#include "hooks.h"
#include "proc.h"

struct panic_origin panic_origin;
static uint32_t reporter; /* atomic: id + 1 of the processor that reports */
static bool begun;        /* the report has begun */

void panic_log_backtrace(uint64_t rip, uint64_t rbp)
{
    uint64_t addresses[24];
    char name[80];
    klog("    %s", kernel_symbol(rip, name, sizeof(name)));
    size_t n = kernel_backtrace(rbp, addresses, ARRAY_SIZE(addresses));
    for (size_t i = 0; i < n; i++)
        klog("    %s", kernel_symbol(addresses[i], name, sizeof(name)));
}

void panic_log_way(void)
{
    klog("  came here through:");
    panic_log_backtrace(panic_origin.rip, panic_origin.rbp);
}

/* All that the core reports besides the message. */
static void log_here(void)
{
    const struct thread *thread = current_thread();
    klog("  processor %u of %u, thread %d (%s)", this_cpu()->id, n_cpus, thread ? thread->tid : 0,
         thread ? thread->name : "none yet");
    panic_log_way();
}

/* Only one processor reports. Another that panics meanwhile waits to be stopped. */
static void become_reporter(void)
{
    uint32_t found = 0, self = this_cpu()->id + 1;
    bool first = __atomic_compare_exchange_n(&reporter, &found, self, false, __ATOMIC_ACQ_REL,
                                             __ATOMIC_ACQUIRE);
    if (!first && found != self)
        for (;;)
            cpu_pause();
    if (first) {
        log_emergency();
        cpu_stop_others();
    }
}

/* Without a trap, the backtrace begins at the caller of panic_at, which is two frames up. */
static void start_at_caller(const uint64_t *rbp)
{
    const uint64_t *panic_at_rbp = (const uint64_t *)rbp[0];
    panic_origin.rbp = panic_at_rbp[0];
    panic_origin.rip = panic_at_rbp[1] - 1; /* in the call instruction, as in kernel_backtrace */
}

void panic_report(const char *file, int line, const char *message)
{
    become_reporter();
    bool again = begun;
    begun = true;
    if (again)
        klog("  (a fault while reporting: %s, %s:%d)", message, file, line);
    else
        klog("PANIC: %s", message);
    if (!again && !panic_origin.trap) {
        start_at_caller(__builtin_frame_address(0));
        klog("  at %s:%d", file, line);
    }
    if (annex_hooks.report_panic)
        annex_hooks.report_panic();
    else if (!again)
        log_here();
    klog("PANIC END");
    machine_end(MACHINE_PANIC);
}

void panic_trap(struct trap_frame *frame, const char *what)
{
    char name[80];
    become_reporter();
    if (!panic_origin.trap)
        panic_origin = (struct panic_origin){frame, fault_address(), frame->rip, frame->rbp};
    kernel_symbol(frame->rip, name, sizeof(name));
    if (frame->vector == TRAP_PAGE_FAULT)
        panic("%s in the kernel: %s of 0x%lx (%s) in %s", what,
              frame->error & FAULT_FETCH   ? "execution"
              : frame->error & FAULT_WRITE ? "write"
                                           : "read",
              fault_address(), frame->error & FAULT_PRESENT ? "not permitted" : "not mapped", name);
    panic("%s, in %s", what, name);
}
