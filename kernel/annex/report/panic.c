/* The report of a panic: in which process, with which locks and registers, the way there, what else
 * was going on, and what to try.
 *
 * The report may fault, for example on a damaged list of processes. So it consists of stages. A
 * fault in one comes back to panic_report(), which logs it and calls report_panic() again, and this
 * continues with the next stage. Each stage is begun only once, so the report ends in any case. */
/* SPDX-License-Identifier: MIT */
#include "report.h"

#include "annex.h"
#include "proc.h"
#include "trap.h"

static unsigned stage; /* the stage to begin next */

/* Details that only the code which panicked can give. */
static void log_details(void)
{
    if (annex_hooks.panic_details)
        annex_hooks.panic_details();
}

/* The kinds of spinlocks that this processor holds. */
static void log_locks(void)
{
    for (unsigned rank = RANK_NONE + 1; rank < N_LOCK_RANKS; rank++)
        if (this_cpu()->spin_ranks >> rank & 1)
            klog("  holds a spinlock: %s (rank %u)", lock_rank_names[rank], rank);
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
    const struct trap_frame *f = panic_origin.trap;
    if (!f)
        return;
    klog("  rip %016lx  rsp %016lx  rflags %08lx  cr2 %016lx", f->rip, f->rsp, f->rflags,
         panic_origin.address);
    klog("  rax %016lx  rbx %016lx  rcx %016lx  rdx %016lx", f->rax, f->rbx, f->rcx, f->rdx);
    klog("  rsi %016lx  rdi %016lx  rbp %016lx  r8  %016lx", f->rsi, f->rdi, f->rbp, f->r8);
    klog("  r9  %016lx  r10 %016lx  r11 %016lx  r12 %016lx", f->r9, f->r10, f->r11, f->r12);
    klog("  r13 %016lx  r14 %016lx  r15 %016lx  error %lx", f->r13, f->r14, f->r15, f->error);
}

static const char *const call_names[] = {
#include "syscall_names.h"
};

static void log_last_calls(void)
{
    const struct cpu *cpu = this_cpu();
    uint32_t n = ARRAY_SIZE(cpu->last_calls);
    klog("  last system calls on this processor:");
    for (uint32_t i = cpu->last_call < n ? 0 : cpu->last_call - n; i != cpu->last_call; i++) {
        const uint64_t *call = cpu->last_calls[i % n];
        const char *name = call[0] < ARRAY_SIZE(call_names) ? call_names[call[0]] : NULL;
        klog("  %s(0x%lx, 0x%lx, 0x%lx) number %lu", name ? name : "?", call[1], call[2], call[3],
             call[0]);
    }
}

static void log_hint(void)
{
    const struct trap_frame *trap = panic_origin.trap;
    uint64_t address = panic_origin.address;
    if (trap && trap->vector == TRAP_DOUBLE_FAULT && kstack_guard_hit(address))
        klog("  try: a kernel stack overflowed; look for recursion or a big array above");
    else if (trap && trap->vector == TRAP_PAGE_FAULT && address < 0x10000)
        klog("  try: a NULL pointer; the field at offset 0x%lx of what it should point to",
             address);
    else if (trap && trap->vector == TRAP_PAGE_FAULT && address < USER_END)
        klog("  try: a user address was used without user_copy_in or user_copy_out");
    else
        klog("  try: `make debug` with the same program, then `break panic_at`");
}

static void (*const stages[])(void) = {
    log_details,   log_process,    log_locks,   log_registers,
    panic_log_way, log_last_calls, proc_report, log_hint,
};

static void report_panic(void)
{
    while (stage < ARRAY_SIZE(stages))
        stages[stage++]();
}

static void start(struct fs_context *fs, const char *command_line)
{
    (void)fs, (void)command_line;
    annex_hooks.report_panic = report_panic;
    annex_hooks.report_nmi = report_nmi;
}

ANNEX(report, ANNEX_REPORTS, start);
