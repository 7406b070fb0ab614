/* Clocks of processor time with computed numbers: of any process, or of a thread of the caller's
 * process. The numbers are negative and made of a pid or tid and of what is counted, as libc's
 * clock_getcpuclockid and pthread_getcpuclockid make them. */
/* SPDX-License-Identifier: MIT */
#include "abi/time.h"
#include "annex.h"
#include "proc/private.h"

static bool usage_of_thread_locked(const struct thread *self, int tid, struct usage *usage)
{
    struct pid *slot = tid ? pid_find_locked(tid) : NULL;
    const struct thread *thread = tid ? (slot ? slot->thread : NULL) : self;
    if (!thread || thread->process != self->process)
        return false;
    *usage = thread_usage(thread);
    return true;
}

static bool usage_of_process_locked(const struct thread *self, int pid, struct usage *usage)
{
    const struct process *process = pid ? process_find_locked(pid) : self->process;
    if (!process)
        return false;
    *usage = process_usage_locked(process);
    return true;
}

/* Reads a clock in nanoseconds; false if there is no such clock. Takes proc_lock. */
static bool cpu_clock_ns(const struct thread *self, clockid_t clock, uint64_t *ns)
{
    struct usage usage;
    if (clock == CLOCK_PROCESS_CPUTIME_ID || clock == CLOCK_THREAD_CPUTIME_ID)
        clock =
            ~7 | CPUCLOCK_SCHED | (clock == CLOCK_THREAD_CPUTIME_ID ? CPUCLOCK_PERTHREAD_MASK : 0);
    if (clock >= 0)
        return false;
    unsigned what = clock & CPUCLOCK_CLOCK_MASK;
    int id = (int)(~(uint32_t)clock >> 3);
    if (what > CPUCLOCK_SCHED || id < 0)
        return false;
    spin_lock(&proc_lock);
    bool found = clock & CPUCLOCK_PERTHREAD_MASK ? usage_of_thread_locked(self, id, &usage)
                                                 : usage_of_process_locked(self, id, &usage);
    spin_unlock(&proc_lock);
    if (found)
        *ns = what == CPUCLOCK_VIRT ? usage.user_ns : usage.user_ns + usage.system_ns;
    return found;
}

static void cpu_clocks_start(struct fs_context *fs, const char *command_line)
{
    (void)fs, (void)command_line;
    annex_hooks.cpu_clock_ns = cpu_clock_ns;
}

ANNEX(times, ANNEX_START, cpu_clocks_start);
