/* The calls about limits and use of resources: prlimit64, getrlimit, setrlimit, getrusage. */
/* SPDX-License-Identifier: MIT */
#include "proc/private.h"

enum { FILES_MOST = 1048576 };

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
    if (!err && wanted && resource == RLIMIT_CPU && !annex_hooks.enforces_cpu_limit)
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
        annex_hooks.cpu_limit_set(process);
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
