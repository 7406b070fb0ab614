/* The calls that send signals, which process may send to which, and how thousands get a signal in
 * pieces.
 *
 * kill may mean all processes of a user, or a large group. If proc_lock were held for all of them,
 * nothing else could run for tens of milliseconds. If it is released in between, a process that
 * forks all the time could have a child with a number that has been passed already, and the child
 * would survive a SIGKILL to all.
 *
 * The solution is a walk in ascending order of numbers, which publishes how far it has come (`at`).
 * A child that is born with a number at or below it, while its parent's number is above, gets the
 * signal at its birth (signal_tell_newborn_locked). So each process that exists when the walk
 * begins gets the signal, and so does each child that such a process has before its own turn.
 *
 * A key such as ^C is served in an interrupt, where no other thread can run in between. There a
 * timer goes on with the walk, one piece after the other. */
/* SPDX-License-Identifier: MIT */
#include "private.h"

enum { PIECE = 32 }; /* processes that are visited before others may run */

/* A signal on its way to many processes. */
struct signal_walk {
    struct list node;       /* in walks */
    struct process *sender; /* its rights count; NULL: the kernel */
    int group;              /* 0: all but the sender and process 1 */
    int at;                 /* all numbers up to this one have been visited */
    int signal;
    siginfo_t info;
    bool any, told; /* was a process meant; did one get the signal */
    int err;        /* the last error */
};

static struct list walks = LIST_INIT(walks); /* guarded by proc_lock */

int signal_may_send_locked(const struct process *sender, const struct process *target, int signal)
{
    if (sender == target || sender->euid == 0 || sender->euid == target->suid ||
        sender->euid == target->uid || sender->uid == target->suid || sender->uid == target->uid)
        return 0;
    return signal == SIGCONT && sender->session == target->session ? 0 : -EPERM;
}

static int send_checked_locked(struct process *sender, struct process *target,
                               struct thread *thread, int signal, const siginfo_t *info)
{
    if (signal && !signal_is_valid(signal)) /* after the search, as on Linux */
        return -EINVAL;
    int err = sender ? signal_may_send_locked(sender, target, signal) : 0;
    return err || !signal ? err : signal_send_locked(target, thread, signal, info);
}

/* ---- Many ---- */

static void tell_locked(struct signal_walk *walk, struct process *process)
{
    bool meant = walk->group ? process->group == walk->group
                             : process != walk->sender && process->pid != INIT_PID;
    if (!meant)
        return;
    int err = send_checked_locked(walk->sender, process, NULL, walk->signal, &walk->info);
    walk->any = true;
    walk->told |= err == 0;
    if (err && (walk->group || err != -EPERM))
        walk->err = err;
}

void signal_tell_newborn_locked(struct process *child, const struct process *parent)
{
    struct signal_walk *walk;
    list_for_each(walk, &walks, node)
        if (child->pid <= walk->at && parent->pid > walk->at)
            tell_locked(walk, child);
}

/* Visits the next processes in ascending order of numbers. False after the last: the walk ends. */
static bool walk_piece_locked(struct signal_walk *walk)
{
    struct process *process = NULL;
    for (unsigned n = 0; n < PIECE && (process = process_first_locked(walk->at)); n++) {
        walk->at = process->pid;
        tell_locked(walk, process);
    }
    if (!process)
        list_remove(&walk->node);
    return process != NULL;
}

/* Visits all processes, and lets others run in between, even if its own process got the signal.
 * Takes proc_lock. */
static void walk_all(struct signal_walk *walk)
{
    spin_lock(&proc_lock);
    list_add_tail(&walks, &walk->node);
    while (walk_piece_locked(walk)) {
        spin_unlock(&proc_lock);
        (void)cond_resched();
        spin_lock(&proc_lock);
    }
    spin_unlock(&proc_lock);
}

/* Sends the signal to a small group without a pause. False if the group is not small; then none got
 * it. Takes proc_lock. */
static bool tell_small_group(struct signal_walk *walk)
{
    struct process *member;
    unsigned n = 0;
    spin_lock(&proc_lock);
    struct pid *slot = pid_find_locked(walk->group);
    if (slot)
        list_for_each(member, &slot->members, group_node)
            if (++n > PIECE)
                break;
    if (slot && n <= PIECE)
        list_for_each(member, &slot->members, group_node)
            tell_locked(walk, member);
    spin_unlock(&proc_lock);
    return n <= PIECE;
}

/* 0 if one process got the signal, otherwise the last error; -ESRCH for an empty group. */
static int tell_group(struct process *sender, int group, int signal, const siginfo_t *info)
{
    struct signal_walk walk = {.sender = sender, .group = group, .signal = signal, .info = *info};
    if (group > 0 && !tell_small_group(&walk))
        walk_all(&walk);
    return walk.told ? 0 : walk.any ? walk.err : -ESRCH;
}

void signal_send_group_kernel(int group, int signal)
{
    siginfo_t info;
    signal_fill(&info, signal, SI_KERNEL, 0, 0);
    tell_group(NULL, group, signal, &info);
}

/* ---- Many, from an interrupt ---- */

struct timed_walk {
    struct signal_walk walk;
    struct timer timer;
};

/* Visits a piece, and lets threads run for as long as that took. */
static void walk_on(struct timer *timer)
{
    struct timed_walk *timed = container_of(timer, struct timed_walk, timer);
    uint64_t begin = clock_ns();
    spin_lock(&proc_lock);
    bool more = walk_piece_locked(&timed->walk);
    spin_unlock(&proc_lock);
    if (more)
        timer_set(timer, 2 * clock_ns() - begin);
    else
        kfree(timed);
}

/* Without memory for a walk by a timer it visits all at once: the key must work. */
void signal_send_group_soon(int group, int signal)
{
    struct signal_walk walk = {.group = group, .signal = signal};
    signal_fill(&walk.info, signal, SI_KERNEL, 0, 0);
    if (tell_small_group(&walk))
        return;
    struct timed_walk *timed = kzalloc(sizeof(*timed));
    struct signal_walk *own = timed ? &timed->walk : &walk;
    *own = walk;
    spin_lock(&proc_lock);
    list_add_tail(&walks, &own->node);
    while (!timed && walk_piece_locked(own))
        ;
    spin_unlock(&proc_lock);
    if (!timed)
        return;
    timer_init(&timed->timer, walk_on);
    walk_on(&timed->timer);
}

/* 0; -ESRCH if there is no other process. -EPERM is not an error here, as on Linux. */
static int tell_all(struct process *sender, int signal, const siginfo_t *info)
{
    struct signal_walk walk = {.sender = sender, .signal = signal, .info = *info};
    walk_all(&walk);
    return walk.any ? walk.err : -ESRCH;
}

/* ---- One ---- */

static int send_to_process_locked(int pid, int signal, const siginfo_t *info)
{
    struct process *process = process_of_locked(pid);
    return process ? send_checked_locked(current_process(), process, NULL, signal, info) : -ESRCH;
}

int signal_send_to_process(int pid, int signal, const siginfo_t *info)
{
    spin_lock(&proc_lock);
    int result = send_to_process_locked(pid, signal, info);
    spin_unlock(&proc_lock);
    return result;
}

/* ---- Calls ---- */

long sys_kill(struct thread *self, pid_t pid, int sig)
{
    siginfo_t info;
    signal_fill(&info, sig, SI_USER, self->process->pid, self->process->uid);
    if (pid > 0)
        return signal_send_to_process(pid, sig, &info);
    if (pid == -1)
        return tell_all(self->process, sig, &info);
    long group = pid == 0 ? self->process->group : -(long)pid;
    return group > INT32_MAX ? -ESRCH : tell_group(self->process, (int)group, sig, &info);
}

long signal_send_to_thread(int tgid, int tid, int signal, const siginfo_t *info)
{
    spin_lock(&proc_lock);
    struct pid *slot = pid_find_locked(tid);
    struct thread *thread = slot ? slot->thread : NULL;
    struct process *process = slot && thread ? thread->process : slot ? slot->process : NULL;
    long result = -ESRCH;
    if (process && (!tgid || process->pid == tgid))
        result = send_checked_locked(current_process(), process, thread, signal, info);
    spin_unlock(&proc_lock);
    return result;
}

long sys_tgkill(struct thread *self, pid_t tgid, pid_t tid, int sig)
{
    if (tgid <= 0 || tid <= 0)
        return -EINVAL;
    siginfo_t info;
    signal_fill(&info, sig, SI_TKILL, self->process->pid, self->process->uid);
    return signal_send_to_thread(tgid, tid, sig, &info);
}

long sys_tkill(struct thread *self, pid_t tid, int sig)
{
    if (tid <= 0)
        return -EINVAL;
    siginfo_t info;
    signal_fill(&info, sig, SI_TKILL, self->process->pid, self->process->uid);
    return signal_send_to_thread(0, tid, sig, &info);
}
