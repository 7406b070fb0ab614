/* How many processors there are: those on which this thread may run. */
/* SPDX-License-Identifier: MIT */
#include <sched.h>
#include <sys/sysinfo.h>
#include "syscall.h"

int get_nprocs(void)
{
    cpu_set_t set = {{0}};

    return sys_sched_getaffinity(0, sizeof(set), set.bits) < 0 ? 1 : CPU_COUNT(&set);
}

int get_nprocs_conf(void)
{
    return get_nprocs();
}
