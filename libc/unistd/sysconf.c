/* sysconf: limits and figures of the system. */
/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <limits.h>
#include <sched.h>
#include <sys/resource.h>
#include <sys/sysinfo.h>
#include <unistd.h>
#include "syscall.h"

static long limit_of(int resource)
{
    struct rlimit limit;

    if (sys_getrlimit(resource, &limit) < 0 || limit.rlim_cur > LONG_MAX)
        return -1;
    return (long)limit.rlim_cur;
}

static long memory_pages(int free)
{
    struct sysinfo info;

    if (sys_sysinfo(&info) < 0)
        return -1;
    return (long)((free ? info.freeram : info.totalram) * info.mem_unit / PAGESIZE);
}

static long arg_max(void)
{
    long stack = limit_of(RLIMIT_STACK);

    return stack / 4 > ARG_MAX ? stack / 4 : ARG_MAX;
}

long sysconf(int name)
{
    switch (name) {
    case _SC_ARG_MAX: return arg_max();
    case _SC_CHILD_MAX: return limit_of(RLIMIT_NPROC);
    case _SC_CLK_TCK: return 100;
    case _SC_NGROUPS_MAX: return NGROUPS_MAX;
    case _SC_OPEN_MAX: return limit_of(RLIMIT_NOFILE);
    case _SC_PAGESIZE: return PAGESIZE;
    case _SC_IOV_MAX: return IOV_MAX;
    case _SC_THREADS: return _POSIX_THREADS;
    case _SC_THREAD_DESTRUCTOR_ITERATIONS: return PTHREAD_DESTRUCTOR_ITERATIONS;
    case _SC_THREAD_KEYS_MAX: return PTHREAD_KEYS_MAX;
    case _SC_THREAD_STACK_MIN: return PTHREAD_STACK_MIN;
    case _SC_NPROCESSORS_CONF:
    case _SC_NPROCESSORS_ONLN: return get_nprocs();
    case _SC_PHYS_PAGES: return memory_pages(0);
    case _SC_AVPHYS_PAGES: return memory_pages(1);
    case _SC_SYMLOOP_MAX: return SYMLOOP_MAX;
    case _SC_HOST_NAME_MAX: return HOST_NAME_MAX;
    }
    return fail(EINVAL);
}

int getpagesize(void)
{
    return PAGESIZE;
}

int getdtablesize(void)
{
    return (int)limit_of(RLIMIT_NOFILE);
}
