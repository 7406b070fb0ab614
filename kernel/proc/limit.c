/* Limits and resource usage.
 *
 * Each resource has a soft limit, which applies, and a hard limit, up to which the process may
 * raise the soft one. Only root may raise the hard limit. The limits are in struct process, guarded
 * by signal_lock. Lower rooms cannot look there, so limits_apply() copies the numbers that they
 * check to the address space and to the descriptors; it is called after each change. */
/* SPDX-License-Identifier: MIT */
#include "private.h"

enum { FILES_SOFT = 1024, FILES_HARD = 4096, STACK_SOFT = 8 << 20 };

/* ---- Limits ---- */

/* Sets the limits of process 1, which all others inherit. */
void limits_init(struct process *process)
{
    for (int i = 0; i < RLIM_NLIMITS; i++)
        process->limits[i] = (struct rlimit){RLIM_INFINITY, RLIM_INFINITY};
    process->limits[RLIMIT_STACK].rlim_cur = STACK_SOFT;
    process->limits[RLIMIT_CORE].rlim_cur = 0;
    process->limits[RLIMIT_NOFILE] = (struct rlimit){FILES_SOFT, FILES_HARD};
    process->limits[RLIMIT_MEMLOCK] = (struct rlimit){8 << 20, 8 << 20};
    process->limits[RLIMIT_MSGQUEUE] = (struct rlimit){819200, 819200};
    struct rlimit share = {process_share(), process_share()};
    process->limits[RLIMIT_NPROC] = process->limits[RLIMIT_SIGPENDING] = share;
    process->limits[RLIMIT_NICE] = process->limits[RLIMIT_RTPRIO] = (struct rlimit){0, 0};
}

void limits_apply(struct process *process, struct space *space)
{
    const struct rlimit *limits = process->limits;
    process->fs.limit_files = limits[RLIMIT_NOFILE].rlim_cur;
    process->fs.limit_file_bytes = limits[RLIMIT_FSIZE].rlim_cur;
    if (space) {
        space->limit_space = limits[RLIMIT_AS].rlim_cur;
        space->limit_stack = limits[RLIMIT_STACK].rlim_cur;
        space->limit_data = limits[RLIMIT_DATA].rlim_cur;
        space->limit_locked = limits[RLIMIT_MEMLOCK].rlim_cur;
    }
}

/* ---- Use ---- */

void ns_to_timeval(uint64_t ns, struct timeval *time)
{
    time->tv_sec = ns / 1000000000;
    time->tv_usec = ns % 1000000000 / 1000;
}

/* Converts to the form for programs: fields that this kernel does not count are 0. */
void usage_tell(const struct usage *usage, struct rusage *told)
{
    memset(told, 0, sizeof(*told));
    ns_to_timeval(usage->user_ns, &told->ru_utime);
    ns_to_timeval(usage->system_ns, &told->ru_stime);
    told->ru_maxrss = (long)(usage->most_resident * (PAGE_SIZE / 1024));
    told->ru_minflt = usage->n_faults;
    told->ru_nvcsw = usage->n_sleeps;
    told->ru_nivcsw = usage->n_preempted;
}
