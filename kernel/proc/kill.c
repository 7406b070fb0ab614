/* The calls that send signals, who may send to whom, and how thousands are told in pieces.
 *
 * The problem: kill may mean all processes of a user, or of a group: with proc_lock held for all of
 * them nothing else would run for tens of milliseconds. If the lock is let go in between, a process
 * that forks all the time could have a child where the walk has been already, and so outlive a
 * SIGKILL to all.
 *
 * The idea: a walk goes up the numbers and says how far it has come. A child that is born at or
 * below that number, of a parent above it, is told at its birth. So whoever was there when the walk
 * began is told, and so is each child that such a process has before it was told itself. */
#include "private.h"

enum { PIECE = 32 }; /* told before others may run */

/* Many that are to be told. */
struct signal_walk {
    struct list node;       /* in walks */
    struct process *sender; /* whose rights count; NULL: the kernel */
    int group;              /* 0: all but the sender and process 1 */
    int at;                 /* all numbers up to this have been looked at */
    int signal;
    siginfo_t info;
    bool any, told; /* was anybody meant; did anybody get it */
    int error;      /* the last one */
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
    int error = sender ? signal_may_send_locked(sender, target, signal) : 0;
    return error || !signal ? error : signal_send_locked(target, thread, signal, info);
}

/* ---- Many ---- */

static void tell_locked(struct signal_walk *walk, struct process *process)
{
    bool meant = walk->group ? process->group == walk->group
                             : process != walk->sender && process->pid != INIT_PID;
    if (!meant)
        return;
    int error = send_checked_locked(walk->sender, process, NULL, walk->signal, &walk->info);
    walk->any = true;
    walk->told |= error == 0;
    if (error && (walk->group || error != -EPERM))
        walk->error = error;
}

void signal_tell_newborn_locked(struct process *child, const struct process *parent)
{
    struct signal_walk *walk;
    list_for_each(walk, &walks, node)
        if (child->pid <= walk->at && parent->pid > walk->at)
            tell_locked(walk, child);
}

/* Up the numbers of all processes, letting others run in between, even if it told its own process
 * to end.
 * Takes proc_lock. */
static void walk_all(struct signal_walk *walk)
{
    struct process *process;
    spin_lock(&proc_lock);
    list_add_tail(&walks, &walk->node);
    for (unsigned n = 1; (process = process_first_locked(walk->at)); n++) {
        walk->at = process->pid;
        tell_locked(walk, process);
        if (n % PIECE == 0) {
            spin_unlock(&proc_lock);
            (void)cond_resched();
            spin_lock(&proc_lock);
        }
    }
    list_remove(&walk->node);
    spin_unlock(&proc_lock);
}

/* A group that is small enough is told in one go.
 * False if it is not, and nobody was told.
 * Takes proc_lock. */
static bool tell_small_group(struct signal_walk *walk)
{
    struct process *member;
    unsigned n = 0;
    spin_lock(&proc_lock);
    struct pid_slot *slot = pid_slot_find_locked(walk->group);
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

/* 0 if one could be told, else the last error; -ESRCH for an empty group. */
static int tell_group(struct process *sender, int group, int signal, const siginfo_t *info)
{
    struct signal_walk walk = {.sender = sender, .group = group, .signal = signal, .info = *info};
    if (group > 0 && !tell_small_group(&walk))
        walk_all(&walk);
    return walk.told ? 0 : walk.any ? walk.error : -ESRCH;
}

void signal_send_group_kernel(int group, int signal)
{
    siginfo_t info;
    signal_fill(&info, signal, SI_KERNEL, 0, 0);
    tell_group(NULL, group, signal, &info);
}

/* 0, or -ESRCH when there is none; -EPERM is passed over, as on Linux. */
static int tell_all(struct process *sender, int signal, const siginfo_t *info)
{
    struct signal_walk walk = {.sender = sender, .signal = signal, .info = *info};
    walk_all(&walk);
    return walk.any ? walk.error : -ESRCH;
}

/* ---- One ---- */

static int send_to_process_locked(int pid, int signal, const siginfo_t *info)
{
    struct process *process = process_of_locked(pid);
    return process ? send_checked_locked(current_process(), process, NULL, signal, info) : -ESRCH;
}

static int send_to_process(int pid, int signal, const siginfo_t *info)
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
        return send_to_process(pid, sig, &info);
    if (pid == -1)
        return tell_all(self->process, sig, &info);
    long group = pid == 0 ? self->process->group : -(long)pid;
    return group > INT32_MAX ? -ESRCH : tell_group(self->process, (int)group, sig, &info);
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
    return result ? result : send_to_process(pid, sig, &given);
}

long sys_rt_tgsigqueueinfo(struct thread *self, pid_t tgid, pid_t tid, int sig, uaddr_t info)
{
    siginfo_t given;
    if (tgid <= 0 || tid <= 0)
        return -EINVAL;
    long result = fetch_info(self, tid, sig, info, &given);
    return result ? result : send_to_thread(tgid, tid, sig, &given);
}
