/* sysconf: limits and figures of the system. */
/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <limits.h>
#include <regex.h>
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

/* What the system is asked for each time. */
static long figure_now(int name)
{
    switch (name) {
    case _SC_ARG_MAX: return arg_max();
    case _SC_CHILD_MAX: return limit_of(RLIMIT_NPROC);
    case _SC_OPEN_MAX: return limit_of(RLIMIT_NOFILE);
    case _SC_NPROCESSORS_CONF:
    case _SC_NPROCESSORS_ONLN: return get_nprocs();
    case _SC_PHYS_PAGES: return memory_pages(0);
    case _SC_AVPHYS_PAGES: return memory_pages(1);
    }
    return fail(EINVAL);
}

static const struct {
    int name;
    long value;
} fixed[] = {
    {_SC_CLK_TCK, 100},
    {_SC_NGROUPS_MAX, NGROUPS_MAX},
    {_SC_STREAM_MAX, STREAM_MAX},
    {_SC_TZNAME_MAX, -1}, /* no limit */
    {_SC_JOB_CONTROL, _POSIX_JOB_CONTROL},
    {_SC_SAVED_IDS, _POSIX_SAVED_IDS},
    {_SC_FSYNC, _POSIX_FSYNC},
    {_SC_MAPPED_FILES, _POSIX_MAPPED_FILES},
    {_SC_SEMAPHORES, _POSIX_SEMAPHORES},
    {_SC_VERSION, _POSIX_VERSION},
    {_SC_PAGESIZE, PAGESIZE},
    {_SC_RTSIG_MAX, RTSIG_MAX},
    {_SC_SEM_VALUE_MAX, SEM_VALUE_MAX},
    {_SC_LINE_MAX, LINE_MAX},
    {_SC_RE_DUP_MAX, RE_DUP_MAX},
    {_SC_IOV_MAX, IOV_MAX},
    {_SC_THREADS, _POSIX_THREADS},
    {_SC_THREAD_SAFE_FUNCTIONS, _POSIX_THREAD_SAFE_FUNCTIONS},
    {_SC_GETGR_R_SIZE_MAX, 1024},
    {_SC_GETPW_R_SIZE_MAX, 1024},
    {_SC_LOGIN_NAME_MAX, LOGIN_NAME_MAX},
    {_SC_TTY_NAME_MAX, TTY_NAME_MAX},
    {_SC_THREAD_DESTRUCTOR_ITERATIONS, PTHREAD_DESTRUCTOR_ITERATIONS},
    {_SC_THREAD_KEYS_MAX, PTHREAD_KEYS_MAX},
    {_SC_THREAD_STACK_MIN, PTHREAD_STACK_MIN},
    {_SC_BARRIERS, _POSIX_BARRIERS},
    {_SC_MONOTONIC_CLOCK, _POSIX_VERSION},
    {_SC_READER_WRITER_LOCKS, _POSIX_READER_WRITER_LOCKS},
    {_SC_SPIN_LOCKS, _POSIX_SPIN_LOCKS},
    {_SC_REGEXP, _POSIX_REGEXP},
    {_SC_SHELL, _POSIX_SHELL},
    {_SC_SPAWN, _POSIX_SPAWN},
    {_SC_SYMLOOP_MAX, SYMLOOP_MAX},
    {_SC_HOST_NAME_MAX, HOST_NAME_MAX},
};

long sysconf(int name)
{
    for (size_t i = 0; i < sizeof(fixed) / sizeof(*fixed); i++)
        if (fixed[i].name == name)
            return fixed[i].value;
    return figure_now(name);
}

int getpagesize(void)
{
    return PAGESIZE;
}

int getdtablesize(void)
{
    return (int)limit_of(RLIMIT_NOFILE);
}
