/* Processors: os.cpu_count, os.sched_getaffinity. */
/* SPDX-License-Identifier: MIT */
#include <sys/sysinfo.h>
#include "os_internal.h"

int os_cpu_count(void)
{
    return get_nprocs();
}

int os_sched_getaffinity(pid_t pid, cpu_set_t *mask)
{
    return sched_getaffinity(pid, sizeof(*mask), mask);
}
