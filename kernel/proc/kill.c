/* The calls that send signals, and who may send to whom. */
#include "private.h"

int signal_may_send_locked(const struct process *sender, const struct process *target, int signal)
{
    if (sender == target || sender->euid == 0 || sender->euid == target->suid ||
        sender->euid == target->uid || sender->uid == target->suid || sender->uid == target->uid)
        return 0;
    return signal == SIGCONT && sender->session == target->session ? 0 : -EPERM;
}

static int send_checked_locked(struct process *target, struct thread *thread, int signal,
                               const siginfo_t *info)
{
    if (signal && !signal_is_valid(signal)) /* after the search, as on Linux */
        return -EINVAL;
    int error = signal_may_send_locked(current_process(), target, signal);
    return error || !signal ? error : signal_send_locked(target, thread, signal, info);
}

/* To every process of a group.
 * 0 if one could be told, else the last error; -ESRCH for an empty group.
 * proc_lock. */
static int send_to_group_locked(int group, int signal, const siginfo_t *info)
{
    struct pid_slot *slot = pid_slot_find_locked(group);
    struct process *member;
    bool told = false;
    int result = -ESRCH;
    if (!slot)
        return -ESRCH;
    list_for_each(member, &slot->members, group_node) {
        result = send_checked_locked(member, NULL, signal, info);
        told |= result == 0;
    }
    return told ? 0 : result;
}

/* To every process but the first and the caller's own.
 * 0, or -ESRCH when there is none; -EPERM is passed over, as on Linux.
 * proc_lock. */
static int send_to_all_locked(int signal, const siginfo_t *info)
{
    int result = 0;
    bool any = false;
    struct process *process = process_first_locked(INIT_PID);
    for (; process; process = process_first_locked(process->pid)) {
        if (process == current_process())
            continue;
        any = true;
        int error = send_checked_locked(process, NULL, signal, info);
        if (error != -EPERM)
            result = error;
    }
    return any ? result : -ESRCH;
}

static int send_to_process_locked(int pid, int signal, const siginfo_t *info)
{
    struct process *process = process_of_locked(pid);
    return process ? send_checked_locked(process, NULL, signal, info) : -ESRCH;
}

long sys_kill(struct thread *self, pid_t pid, int sig)
{
    siginfo_t info;
    signal_fill(&info, sig, SI_USER, self->process->pid, self->process->uid);
    spin_lock(&proc_lock);
    long result = pid > 0     ? send_to_process_locked(pid, sig, &info)
                  : pid == 0  ? send_to_group_locked(self->process->group, sig, &info)
                  : pid == -1 ? send_to_all_locked(sig, &info)
                              : send_to_group_locked(-(long)pid, sig, &info);
    spin_unlock(&proc_lock);
    return result;
}

/* To one thread; tgid 0 means that any process will do.
 * 0 or -errno.
 * Takes proc_lock. */
static long send_to_thread(int tgid, int tid, int signal, const siginfo_t *info)
{
    spin_lock(&proc_lock);
    struct pid_slot *slot = pid_slot_find_locked(tid);
    struct thread *thread = slot ? slot->thread : NULL;
    struct process *process = slot && thread ? thread->process : slot ? slot->process : NULL;
    long result = -ESRCH;
    if (process && (!tgid || process->pid == tgid))
        result = send_checked_locked(process, thread, signal, info);
    spin_unlock(&proc_lock);
    return result;
}

long sys_tgkill(struct thread *self, pid_t tgid, pid_t tid, int sig)
{
    if (tgid <= 0 || tid <= 0)
        return -EINVAL;
    siginfo_t info;
    signal_fill(&info, sig, SI_TKILL, self->process->pid, self->process->uid);
    return send_to_thread(tgid, tid, sig, &info);
}

long sys_tkill(struct thread *self, pid_t tid, int sig)
{
    if (tid <= 0)
        return -EINVAL;
    siginfo_t info;
    signal_fill(&info, sig, SI_TKILL, self->process->pid, self->process->uid);
    return send_to_thread(0, tid, sig, &info);
}

/* Reads a siginfo that a program made up; it may not look as if the kernel or kill had sent it,
 * unless the thread sends it to its own number.
 * 0, -EFAULT or -EPERM. */
static long fetch_info(const struct thread *self, int target, int signal, uaddr_t at,
                       siginfo_t *info)
{
    if (user_copy_in(info, at, sizeof(*info)))
        return -EFAULT;
    if ((info->si_code >= 0 || info->si_code == SI_TKILL) && target != self->tid)
        return -EPERM;
    info->si_signo = signal;
    return 0;
}

long sys_rt_sigqueueinfo(struct thread *self, pid_t pid, int sig, uaddr_t info)
{
    siginfo_t given;
    long result = fetch_info(self, pid, sig, info, &given);
    if (result)
        return result;
    spin_lock(&proc_lock);
    result = send_to_process_locked(pid, sig, &given);
    spin_unlock(&proc_lock);
    return result;
}

long sys_rt_tgsigqueueinfo(struct thread *self, pid_t tgid, pid_t tid, int sig, uaddr_t info)
{
    siginfo_t given;
    if (tgid <= 0 || tid <= 0)
        return -EINVAL;
    long result = fetch_info(self, tid, sig, info, &given);
    return result ? result : send_to_thread(tgid, tid, sig, &given);
}
