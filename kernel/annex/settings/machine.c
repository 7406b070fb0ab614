/* What a libc asks about the machine: memory and load, processors, restartable sequences; and its
 * new name. */
/* SPDX-License-Identifier: MIT */
#include "annex/load/load.h"
#include "abi/sysinfo.h"
#include "proc/private.h"

long sys_sysinfo(struct thread *self, uaddr_t to)
{
    struct memory_counts memory;
    struct sysinfo info;
    uint32_t load[3], n_running, n_threads;
    (void)self;
    memset(&info, 0, sizeof(info));
    memory_count(&memory);
    sched_load(load, &n_running, &n_threads);
    info.uptime = clock_ns() / 1000000000;
    for (int i = 0; i < 3; i++)
        info.loads[i] = load[i];
    info.totalram = memory.total_frames * PAGE_SIZE;
    info.freeram = memory.free_frames * PAGE_SIZE;
    info.procs = n_threads;
    info.mem_unit = 1;
    return user_copy_out(to, &info, sizeof(info));
}

/* There are no restartable sequences. A libc then finds the processor in other ways. */
long sys_rseq(struct thread *self, uaddr_t area, unsigned int length, int flags,
              unsigned int signature)
{
    (void)self, (void)area, (void)length, (void)flags, (void)signature;
    return -ENOSYS;
}

/* Every thread may run on every processor. The result is the number of bytes written. */
long sys_sched_getaffinity(struct thread *self, pid_t pid, size_t length, uaddr_t mask)
{
    uint64_t all = (1ull << n_cpus) - 1;
    (void)self;
    if (length < sizeof(all) || length % sizeof(all) != 0)
        return -EINVAL;
    spin_lock(&proc_lock);
    bool exists = pid == 0 || process_of_locked(pid);
    spin_unlock(&proc_lock);
    if (!exists)
        return -ESRCH;
    return user_copy_out(mask, &all, sizeof(all)) ? -EFAULT : (long)sizeof(all);
}

long sys_sethostname(struct thread *self, uaddr_t from, size_t length)
{
    char given[HOST_NAME_MAX + 1] = "";
    if (self->process->euid != 0)
        return -EPERM;
    if (length > HOST_NAME_MAX)
        return -EINVAL;
    if (user_copy_in(given, from, length))
        return -EFAULT;
    system_set_hostname(given);
    return 0;
}
