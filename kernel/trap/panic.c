/* The report of a panic: what happened, where, in which process, the way there, and what to try.
 *
 * A panic may happen anywhere: with any lock held, with memory that is damaged, on a stack that has
 * overflowed, on several processors at once. So the report takes no locks and allocates nothing.
 * The first processor that panics becomes the reporter and stops all others by an NMI; another one
 * that panics meanwhile waits for that.
 *
 * The report itself may fault, for example on a damaged list of processes. So it consists of
 * stages. A fault in one comes back to panic_report(), which logs it and continues with the next
 * stage. Each stage is begun only once, so the report ends in any case. */
/* SPDX-License-Identifier: MIT */
#include "trap.h"

#include "dev.h"
#include "hooks.h"
#include "proc.h"
#include "syscall.h"

static uint32_t reporter;             /* atomic: id + 1 of the processor that reports */
static struct trap_frame *trap;       /* the kernel's fault that caused the panic, or NULL */
static uint64_t trap_address;         /* CR2 at that moment */
static uint64_t start_rip, start_rbp; /* where the backtrace begins */
static unsigned stage;                /* the stage to begin next */

/* Details that only the code which panicked can give. */
static void log_details(void)
{
    annex_hooks.panic_details();
}

/* The kinds of spinlocks that this processor holds. */
static void log_locks(void)
{
    static const char *const names[64] = {
        [RANK_SPACE] = "space",         [RANK_FDS] = "descriptors",
        [RANK_FILE] = "file",           [RANK_INODE] = "inode",
        [RANK_INODE_2] = "inode (2nd)", [RANK_INODE_3] = "inode (3rd)",
        [RANK_INODE_4] = "inode (4th)", [RANK_NAMES] = "names",
        [RANK_BACKING] = "backing",     [RANK_PROC] = "processes",
        [RANK_SIGNAL] = "signals",      [RANK_DEVICE] = "device",
        [RANK_WAITQ] = "wait queue",    [RANK_TIMER] = "timers",
        [RANK_RUNQ] = "run queue",      [RANK_OBJECT] = "objects",
        [RANK_FRAME] = "frames",        [RANK_SHOOTDOWN] = "shootdown",
    };
    for (unsigned rank = 0; rank < 64; rank++)
        if (this_cpu()->spin_ranks >> rank & 1)
            klog("  holds a spinlock: %s (rank %u)", names[rank] ? names[rank] : "?", rank);
}

static void log_process(void)
{
    char cwd[256];
    struct thread *thread = current_thread();
    klog("  processor %u of %u", this_cpu()->id, n_cpus);
    if (!thread)
        klog("  no thread yet");
    else if (!thread->process)
        klog("  kernel thread %d (%s)", thread->tid, thread->name);
    else
        klog("  process %d (%s), cwd %s", thread->process->pid, thread->name,
             thread_cwd_peek(thread, cwd, sizeof(cwd)));
}

static void log_registers(void)
{
    if (!trap)
        return;
    const struct trap_frame *f = trap;
    klog("  rip %016lx  rsp %016lx  rflags %08lx  cr2 %016lx", f->rip, f->rsp, f->rflags,
         trap_address);
    klog("  rax %016lx  rbx %016lx  rcx %016lx  rdx %016lx", f->rax, f->rbx, f->rcx, f->rdx);
    klog("  rsi %016lx  rdi %016lx  rbp %016lx  r8  %016lx", f->rsi, f->rdi, f->rbp, f->r8);
    klog("  r9  %016lx  r10 %016lx  r11 %016lx  r12 %016lx", f->r9, f->r10, f->r11, f->r12);
    klog("  r13 %016lx  r14 %016lx  r15 %016lx  error %lx", f->r13, f->r14, f->r15, f->error);
}

void panic_log_backtrace(uint64_t rip, uint64_t rbp)
{
    uint64_t addresses[24];
    char name[80];
    klog("    %s", kernel_symbol(rip, name, sizeof(name)));
    size_t n = kernel_backtrace(rbp, addresses, ARRAY_SIZE(addresses));
    for (size_t i = 0; i < n; i++)
        klog("    %s", kernel_symbol(addresses[i], name, sizeof(name)));
}

static void log_backtrace(void)
{
    klog("  came here through:");
    panic_log_backtrace(start_rip, start_rbp);
}

static void log_last_calls(void)
{
    klog("  last system calls on this processor:");
    syscall_log_last(this_cpu());
}

static void log_hint(void)
{
    if (trap && trap->vector == TRAP_DOUBLE_FAULT && kstack_guard_hit(trap_address))
        klog("  try: a kernel stack overflowed; look for recursion or a big array above");
    else if (trap && trap->vector == TRAP_PAGE_FAULT && trap_address < 0x10000)
        klog("  try: a NULL pointer; the field at offset 0x%lx of what it should point to",
             trap_address);
    else if (trap && trap->vector == TRAP_PAGE_FAULT && trap_address < USER_END)
        klog("  try: a user address was used without user_copy_in or user_copy_out");
    else
        klog("  try: `make debug` with the same program, then `break panic_at`");
}

static void (*const stages[])(void) = {
    log_details,   log_process,    log_locks,   log_registers,
    log_backtrace, log_last_calls, proc_report, log_hint,
};

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
    start_rbp = panic_at_rbp[0];
    start_rip = panic_at_rbp[1] - 1; /* in the call instruction, as in kernel_backtrace */
}

void panic_report(const char *file, int line, const char *message)
{
    become_reporter();
    if (stage == 0) {
        klog("PANIC: %s", message);
        if (!trap) {
            start_at_caller(__builtin_frame_address(0));
            klog("  at %s:%d", file, line);
        }
    } else {
        klog("  (a fault while reporting: %s, %s:%d)", message, file, line);
    }
    while (stage < ARRAY_SIZE(stages))
        stages[stage++]();
    klog("PANIC END");
    machine_end(MACHINE_PANIC);
}

void panic_trap(struct trap_frame *frame, const char *what)
{
    char name[80];
    become_reporter();
    if (!trap) {
        trap = frame;
        trap_address = fault_address();
        start_rip = frame->rip;
        start_rbp = frame->rbp;
    }
    kernel_symbol(frame->rip, name, sizeof(name));
    if (frame->vector == TRAP_PAGE_FAULT)
        panic("%s in the kernel: %s of 0x%lx (%s) in %s", what,
              frame->error & FAULT_FETCH   ? "execution"
              : frame->error & FAULT_WRITE ? "write"
                                           : "read",
              fault_address(), frame->error & FAULT_PRESENT ? "not permitted" : "not mapped", name);
    panic("%s, in %s", what, name);
}
