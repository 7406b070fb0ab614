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

/* A signal about a file. */
struct notice {
    const struct file *file;
    siginfo_t info;
};

/* Sends the signal with its siginfo, or SIGIO, which carries none, if no signal was chosen or the
 * queue is full. 0 or -EPERM. */
static int tell_locked(struct process *target, struct thread *thread, const struct notice *notice)
{
    siginfo_t plain;
    int signal = notice->info.si_signo;
    if (!may_signal(notice->file, target))
        return -EPERM;
    if (signal && signal_send_locked(target, thread, signal, &notice->info) == 0)
        return 0;
    signal_fill(&plain, SIGIO, SI_KERNEL, 0, 0);
    return signal_send_locked(target, thread, SIGIO, &plain);
}

/* Tells all members of a group, in the order of their numbers, and lets others run in between. A
 * child that is born meanwhile may be left out. Takes proc_lock. */
static void tell_group(int group, const struct notice *notice)
{
    enum { PIECE = 32 };
    int at = 0;
    struct process *process;
    do {
        spin_lock(&proc_lock);
        for (int n = 0; n < PIECE && (process = process_first_locked(at)); n++) {
            at = process->pid;
            if (process->group == group)
                tell_locked(process, NULL, notice);
        }
        spin_unlock(&proc_lock);
    } while (process && (cond_resched(), true));
}

/* Signals that have codes of their own: POLL_* would be mistaken for one of those. */
#define WITH_OWN_CODES                                                                    \
    (SIGNAL_BIT(SIGILL) | SIGNAL_BIT(SIGFPE) | SIGNAL_BIT(SIGSEGV) | SIGNAL_BIT(SIGBUS) | \
     SIGNAL_BIT(SIGTRAP) | SIGNAL_BIT(SIGCHLD) | SIGNAL_BIT(SIGSYS))

void file_signal_owner(const struct file *file, int fd, int code, long band)
{
    struct notice notice = {.file = file};
    int signal = file->signal;
    bool own_codes = signal && SIGNAL_BIT(signal) & WITH_OWN_CODES;
    signal_fill(&notice.info, signal, own_codes ? SI_SIGIO : code, 0, 0);
    notice.info.si_band = band;
    notice.info.si_fd = fd;
    if (file->owner_type == F_OWNER_PGRP) {
        tell_group(file->owner_pid, &notice);
        return;
    }
    spin_lock(&proc_lock);
    struct pid *slot = pid_find_locked(file->owner_pid);
    if (slot && file->owner_type == F_OWNER_PID && slot->process)
        tell_locked(slot->process, NULL, &notice);
    else if (slot && file->owner_type == F_OWNER_TID && slot->thread)
        tell_locked(slot->thread->process, slot->thread, &notice);
    spin_unlock(&proc_lock);
}

bool file_owner_exists(int number)
{
    spin_lock(&proc_lock);
    bool exists = pid_find_locked(number) != NULL;
    spin_unlock(&proc_lock);
    return exists;
}
