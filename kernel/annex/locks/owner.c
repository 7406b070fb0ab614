/* Signals about open files, to the owners that F_SETOWN named. */
/* SPDX-License-Identifier: MIT */
#include "lock_set.h"
#include "proc/private.h"

/* May the file signal the process? The rights are those which the caller of F_SETOWN had then. */
static bool may_signal(const struct file *file, const struct process *target)
{
    uint32_t uid = file->owner_uid, euid = file->owner_euid;
    return euid == 0 || euid == target->suid || euid == target->uid || uid == target->suid ||
           uid == target->uid;
}

/* Sends the signal with its siginfo, or SIGIO, which carries none, if no signal was chosen or the
 * queue is full. */
static void tell_owner_locked(const struct file *file, struct process *target,
                              struct thread *thread, const siginfo_t *info)
{
    siginfo_t plain;
    if (!may_signal(file, target))
        return;
    if (info->si_signo && signal_send_locked(target, thread, info->si_signo, info) == 0)
        return;
    signal_fill(&plain, SIGIO, SI_KERNEL, 0, 0);
    signal_send_locked(target, thread, SIGIO, &plain);
}

/* Signals that have codes of their own: POLL_* would be mistaken for one of those. */
#define WITH_OWN_CODES                                                                    \
    (SIGNAL_BIT(SIGILL) | SIGNAL_BIT(SIGFPE) | SIGNAL_BIT(SIGSEGV) | SIGNAL_BIT(SIGBUS) | \
     SIGNAL_BIT(SIGTRAP) | SIGNAL_BIT(SIGCHLD) | SIGNAL_BIT(SIGSYS))

void file_signal_owner(const struct file *file, int fd, int code, long band)
{
    siginfo_t info;
    int signal = file->signal;
    bool own_codes = signal && SIGNAL_BIT(signal) & WITH_OWN_CODES;
    signal_fill(&info, signal, own_codes ? SI_SIGIO : code, 0, 0);
    info.si_band = band;
    info.si_fd = fd;
    spin_lock(&proc_lock);
    struct pid *slot = pid_find_locked(file->owner_pid);
    struct process *member;
    if (slot && file->owner_type == F_OWNER_PGRP)
        list_for_each(member, &slot->members, group_node)
            tell_owner_locked(file, member, NULL, &info);
    else if (slot && file->owner_type == F_OWNER_PID && slot->process)
        tell_owner_locked(file, slot->process, NULL, &info);
    else if (slot && file->owner_type == F_OWNER_TID && slot->thread)
        tell_owner_locked(file, slot->thread->process, slot->thread, &info);
    spin_unlock(&proc_lock);
}

bool file_owner_exists(int number)
{
    spin_lock(&proc_lock);
    bool exists = pid_find_locked(number) != NULL;
    spin_unlock(&proc_lock);
    return exists;
}
