/* Limits, resource usage, and times.
 *
 * Each resource has a soft limit, which applies, and a hard limit, up to which the process may
 * raise the soft one. Only root may raise the hard limit. The limits are in struct process, guarded
 * by signal_lock. Lower rooms cannot look there, so limits_apply() copies the numbers that they
 * check to the address space and to the descriptors; it is called after each change. */
/* SPDX-License-Identifier: MIT */
#include "abi/times.h"
#include "private.h"

enum { FILES_SOFT = 1024, FILES_HARD = 4096, FILES_MOST = 1048576, STACK_SOFT = 8 << 20 };
#define NS_PER_TICK (1000000000ull / USER_HZ)

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

/* May the limit become `wanted`? 0, -EINVAL or -EPERM. Lock: signal_lock held. */
static int check_limit(const struct process *caller, const struct rlimit *now, int resource,
                       const struct rlimit *wanted)
{
    if (wanted->rlim_cur > wanted->rlim_max)
        return -EINVAL;
    if (resource == RLIMIT_NOFILE && wanted->rlim_max > FILES_MOST)
        return -EPERM;
    return wanted->rlim_max > now->rlim_max && caller->euid != 0 ? -EPERM : 0;
}

/* May the caller read or change the limits of the process? 0 or -EPERM. Lock: the target's
 * exec_lock held. */
static int may_limit(const struct process *caller, const struct process *target)
{
    bool same = caller->uid == target->uid && caller->uid == target->euid &&
                caller->uid == target->suid && caller->gid == target->gid &&
                caller->gid == target->egid && caller->gid == target->sgid;
    return caller == target || same || caller->euid == 0 ? 0 : -EPERM;
}

/* Reads a limit of a process, and sets it if `wanted` is not NULL. 0 with *old filled, or -errno.
 * Takes exec_lock, so that the space stays, and signal_lock. */
static int change_limit(struct process *process, int resource, const struct rlimit *wanted,
                        struct rlimit *old)
{
    mutex_lock(&process->exec_lock);
    int err = may_limit(current_process(), process);
    if (!err && (resource < 0 || resource >= RLIM_NLIMITS))
        err = -EINVAL;
    if (!err && wanted && resource == RLIMIT_CPU && !proc_hooks.cpu_limit_set)
        err = -ENOSYS; /* there is no code that would enforce the limit */
    if (!err) {
        spin_lock(&process->signal_lock);
        struct rlimit *limit = &process->limits[resource];
        *old = *limit;
        if (wanted)
            err = check_limit(current_process(), limit, resource, wanted);
        if (wanted && !err) {
            *limit = *wanted;
            limits_apply(process, process->space);
        }
        spin_unlock(&process->signal_lock);
    }
    if (wanted && !err && resource == RLIMIT_CPU && process->space)
        proc_hooks.cpu_limit_set(process);
    mutex_unlock(&process->exec_lock);
    return err;
}

long sys_prlimit64(struct thread *self, pid_t pid, int resource, uaddr_t limit, uaddr_t old)
{
    struct rlimit wanted = {}, was;
    if (!uaddr_is_null(limit) && user_copy_in(&wanted, limit, sizeof(wanted)))
        return -EFAULT;
    struct process *process = pid == 0 ? self->process : process_get(pid);
    if (!process)
        return -ESRCH;
    int err = change_limit(process, resource, uaddr_is_null(limit) ? NULL : &wanted, &was);
    if (pid != 0)
        process_unref(process);
    if (err || uaddr_is_null(old))
        return err;
    return user_copy_out(old, &was, sizeof(was));
}

long sys_getrlimit(struct thread *self, int resource, uaddr_t limit)
{
    struct rlimit was;
    int err = change_limit(self->process, resource, NULL, &was);
    return err ? err : user_copy_out(limit, &was, sizeof(was));
}

long sys_setrlimit(struct thread *self, int resource, uaddr_t limit)
{
    struct rlimit wanted, was;
    if (user_copy_in(&wanted, limit, sizeof(wanted)))
        return -EFAULT;
    return change_limit(self->process, resource, &wanted, &was);
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

long sys_getrusage(struct thread *self, int who, uaddr_t usage)
{
    struct usage used;
    struct rusage told;
    if (who != RUSAGE_SELF && who != RUSAGE_CHILDREN && who != RUSAGE_THREAD)
        return -EINVAL;
    spin_lock(&proc_lock);
    if (who == RUSAGE_CHILDREN)
        used = self->process->children_usage;
    else
        used = who == RUSAGE_SELF ? process_usage_locked(self->process) : thread_usage(self);
    spin_unlock(&proc_lock);
    if (who != RUSAGE_CHILDREN)
        used.most_resident = max(used.most_resident, space_most_resident(self->space));
    usage_tell(&used, &told);
    return user_copy_out(usage, &told, sizeof(told));
}

long sys_times(struct thread *self, uaddr_t times)
{
    spin_lock(&proc_lock);
    struct usage own = process_usage_locked(self->process);
    struct usage children = self->process->children_usage;
    spin_unlock(&proc_lock);
    struct tms told = {
        .tms_utime = own.user_ns / NS_PER_TICK,
        .tms_stime = own.system_ns / NS_PER_TICK,
        .tms_cutime = children.user_ns / NS_PER_TICK,
        .tms_cstime = children.system_ns / NS_PER_TICK,
    };
    if (!uaddr_is_null(times) && user_copy_out(times, &told, sizeof(told)))
        return -EFAULT;
    return clock_ns() / NS_PER_TICK;
}
