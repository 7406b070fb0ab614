/* The defaults of the hooks: each does nothing, or gives the answer of a kernel that has no more.
 */
/* SPDX-License-Identifier: MIT */
#include "hooks.h"

#include "abi/errno.h"
#include "lib.h"

/* ---- Before boot has filled in the rooms' hooks ---- */

static void ignore_trap(struct trap_frame *frame)
{
    (void)frame;
}

static void log_nothing(const char *line, size_t length)
{
    (void)line, (void)length;
}

static void report_nothing(const char *file, int number, const char *message)
{
    (void)file, (void)number, (void)message;
}

static void *no_memory(size_t size)
{
    (void)size;
    return NULL;
}

static void free_nothing(void *memory)
{
    (void)memory;
}

static bool go_on(bool wait)
{
    (void)wait;
    return true;
}

static unsigned rights_of_the_kernel(void)
{
    return CALLER_MAY_RESERVE;
}

static void raise_nothing(int signal)
{
    (void)signal;
}

struct hooks hooks = {
    .trap = ignore_trap,
    .syscall = ignore_trap,
    .log_line = log_nothing,
    .report_panic = report_nothing,
    .alloc = no_memory,
    .free = free_nothing,
    .resched = go_on,
    .caller_rights = rights_of_the_kernel,
    .raise = raise_nothing,
};

/* ---- Without the annex ---- */

static bool fail_no_allocation(void)
{
    return false;
}

static void no_details(void) {}

static void ignore_letter(char letter)
{
    (void)letter;
}

static int open_no_fifo(struct inode *inode, struct file *file)
{
    (void)inode, (void)file;
    return -ENXIO;
}

static bool no_cpu_clock(const struct thread *self, int clock, uint64_t *ns)
{
    (void)self, (void)clock, (void)ns;
    return false;
}

static void ignore_process(struct process *process)
{
    (void)process;
}

static void ignore_thread(struct thread *thread)
{
    (void)thread;
}

static void ignore_word(struct space *space, uint64_t address)
{
    (void)space, (void)address;
}

static bool no_memory_later(struct thread *self)
{
    (void)self;
    return false;
}

static bool no_memory_to_borrow(struct thread *self, uint64_t address, uint64_t error)
{
    (void)self, (void)address, (void)error;
    return false;
}

static void no_dump(struct thread *self, const siginfo_t *info)
{
    (void)self, (void)info;
}

static void set_no_ids(struct exec *exec, const struct cred *now)
{
    (void)exec, (void)now;
}

static void ignore_exec(struct exec *exec)
{
    (void)exec;
}

static void no_symbol(uint64_t address, char *text, size_t size)
{
    (void)address, (void)size;
    *text = '\0';
}

struct annex_hooks annex_hooks = {
    .fail_allocation = fail_no_allocation,
    .panic_details = no_details,
    .sysrq = ignore_letter,
    .fifo_open = open_no_fifo,
    .cpu_clock_ns = no_cpu_clock,
    .timers_init = ignore_process,
    .timers_stop = ignore_process,
    .cpu_limit_set = ignore_process,
    .thread_leaves_memory = ignore_thread,
    .word_cleared = ignore_word,
    .memory_wait = no_memory_later,
    .memory_borrow = no_memory_to_borrow,
    .memory_pay = ignore_thread,
    .thread_buried = ignore_process,
    .dump = no_dump,
    .stay_for_dump = ignore_process,
    .set_ids = set_no_ids,
    .allow_sharing = ignore_exec,
    .program_symbol = no_symbol,
};
