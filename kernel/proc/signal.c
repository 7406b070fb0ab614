/* The calls about signals: actions, masks, and waiting for signals.
 *
 * A signal has three stations in the kernel. It is sent (signal_send.c): it becomes pending for a
 * process or a thread. It is delivered (signal_deliver.c): a thread takes it just before it returns
 * to user mode. If the program has a handler for it, a frame is written to the user's stack
 * (signal_frame.c), and the thread runs the handler and comes back with sigreturn. This file has
 * the calls by which a program says what shall happen: an action for each signal, which all threads
 * of a process share, and a mask of blocked signals for each thread.
 *
 * Actions are shared by the threads, and with CLONE_SIGHAND even by several processes. Most
 * processes never set one, so `actions` is NULL at first, which means that all are the default. To
 * change an action all locks are needed: proc_lock, the process's signal_lock and, if processes
 * share them, the lock of the actions. To read one, any of the three is enough: a sender holds
 * proc_lock already, and a receiver needs only locks of its own process, so that delivery does not
 * wait for proc_lock. */
/* SPDX-License-Identifier: MIT */
#include "private.h"

/* Sets the thread's mask. What it no longer blocks is delivered on the way to user mode. Takes
 * signal_lock. */
void signal_set_mask(struct thread *thread, uint64_t mask)
{
    spin_lock(&thread->process->signal_lock);
    thread->signal_mask = mask & ~FIRM_SIGNALS;
    signal_recalculate(thread->process, thread);
    spin_unlock(&thread->process->signal_lock);
}

/* ---- Actions: most processes never set any ---- */

static OBJECT_CACHE(action_cache, struct signal_actions);

const struct kernel_sigaction *signal_action(const struct process *process, int signal)
{
    static const struct kernel_sigaction by_default;
    return process->actions ? &process->actions->action[signal - 1] : &by_default;
}

/* Takes the lock of the actions if another process might change them. True if it was taken. */
static bool lock_if_shared(struct signal_actions *actions)
{
    bool shared = __atomic_load_n(&actions->refs, __ATOMIC_RELAXED) > 1;
    if (unlikely(shared))
        spin_lock(&actions->lock);
    return shared;
}

static void unlock_if(struct signal_actions *actions, bool locked)
{
    if (unlikely(locked))
        spin_unlock(&actions->lock);
}

struct kernel_sigaction signal_action_copy(struct process *process, int signal, bool take)
{
    struct signal_actions *actions = process->actions;
    if (!actions)
        return (struct kernel_sigaction){};
    struct kernel_sigaction *action = &actions->action[signal - 1];
    bool locked = lock_if_shared(actions);
    struct kernel_sigaction copy = *action;
    if (take && copy.handler > KERNEL_SIG_IGN && copy.flags & SA_RESETHAND)
        action->handler = KERNEL_SIG_DFL;
    unlock_if(actions, locked);
    return copy;
}

/* Actions for one process, all of them the default. NULL if memory is out. */
static struct signal_actions *actions_create(void)
{
    struct signal_actions *actions = object_alloc_zeroed(&action_cache);
    if (!actions)
        return NULL;
    actions->refs = 1;
    spin_init(&actions->lock, "signal actions", RANK_ACTIONS);
    return actions;
}

static void actions_unref(struct signal_actions *actions)
{
    if (__atomic_sub_fetch(&actions->refs, 1, __ATOMIC_ACQ_REL) == 0)
        object_free(&action_cache, actions);
}

void signal_actions_free(struct process *process)
{
    if (process->actions)
        actions_unref(process->actions);
    process->actions = NULL;
}

/* Handlers become the default; what is ignored stays ignored. True if anything is ignored. Lock:
 * proc_lock and signal_lock held, unless the actions are not published yet. */
static bool keep_ignored(struct signal_actions *actions)
{
    bool any = false;
    for (int i = 0; i < KERNEL_NSIG; i++) {
        bool ignored = actions->action[i].handler == KERNEL_SIG_IGN;
        actions->action[i] =
            (struct kernel_sigaction){.handler = ignored ? KERNEL_SIG_IGN : KERNEL_SIG_DFL};
        any = any || ignored;
    }
    return any;
}

/* A copy for one process. NULL if memory is out. Lock: signal_lock of a process that has them held.
 */
static struct signal_actions *copy_of(struct signal_actions *from)
{
    struct signal_actions *actions = object_alloc(&action_cache);
    if (!actions)
        return NULL;
    bool locked = lock_if_shared(from);
    *actions = *from;
    unlock_if(from, locked);
    actions->refs = 1;
    spin_init(&actions->lock, from->lock.name, RANK_ACTIONS);
    return actions;
}

/* The child is not published yet. Takes the parent's signal_lock. */
int signal_actions_copy(struct process *child, struct process *parent, bool clear)
{
    spin_lock(&parent->signal_lock);
    bool any = parent->actions;
    child->actions = any ? copy_of(parent->actions) : NULL;
    spin_unlock(&parent->signal_lock);
    if (child->actions && clear && !keep_ignored(child->actions))
        signal_actions_free(child);
    else if (any && !child->actions)
        return -ENOMEM;
    return 0;
}

/* Creates the actions if none was ever set, because one may be set later. The child is not
 * published yet. Takes proc_lock and the parent's signal_lock. */
int signal_actions_share(struct process *child, struct process *parent)
{
    spin_lock(&proc_lock);
    spin_lock(&parent->signal_lock);
    if (!parent->actions)
        parent->actions = actions_create();
    child->actions = parent->actions;
    if (child->actions)
        __atomic_fetch_add(&child->actions->refs, 1, __ATOMIC_RELAXED);
    spin_unlock(&parent->signal_lock);
    spin_unlock(&proc_lock);
    return child->actions ? 0 : -ENOMEM;
}

/* Called by the only thread of the process. Takes proc_lock and signal_lock. */
int signal_actions_unshare(struct process *process)
{
    struct signal_actions *shared = process->actions;
    if (!shared || __atomic_load_n(&shared->refs, __ATOMIC_ACQUIRE) == 1)
        return 0;
    spin_lock(&proc_lock);
    spin_lock(&process->signal_lock);
    struct signal_actions *own = copy_of(shared);
    if (own)
        process->actions = own;
    spin_unlock(&process->signal_lock);
    spin_unlock(&proc_lock);
    if (!own)
        return -ENOMEM;
    actions_unref(shared);
    return 0;
}

/* The actions are the process's own. Takes signal_lock. */
void signal_actions_reset_locked(struct process *process)
{
    spin_lock(&process->signal_lock);
    if (process->actions && !keep_ignored(process->actions))
        signal_actions_free(process);
    spin_unlock(&process->signal_lock);
}

/* Sets a new action. If it ignores the signal, pending ones are dropped, as POSIX requires; the
 * caller frees them without locks. Lock: proc_lock and signal_lock held. */
static void install_action(struct process *process, int signal,
                           const struct kernel_sigaction *action, struct list *dropped)
{
    struct signal_actions *actions = process->actions;
    bool locked = lock_if_shared(actions);
    actions->action[signal - 1] = *action;
    actions->action[signal - 1].mask &= ~FIRM_SIGNALS;
    unlock_if(actions, locked);
    enum signal_effect effect = signal_default_effect(signal);
    if (action->handler == KERNEL_SIG_IGN ||
        (action->handler == KERNEL_SIG_DFL &&
         (effect == EFFECT_IGNORE || effect == EFFECT_CONTINUE))) {
        struct thread *thread;
        uint64_t bit = SIGNAL_BIT(signal);
        signal_discard(&process->queued, &process->pending, bit, dropped);
        list_for_each(thread, &process->threads, process_node) {
            signal_discard(&thread->queued, &thread->signal_pending, bit, dropped);
            signal_recalculate(process, thread);
        }
    }
}

void signal_force(struct thread *self, int signal)
{
    struct process *process = self->process;
    spin_lock(&proc_lock);
    spin_lock(&process->signal_lock);
    bool blocked = self->signal_mask & SIGNAL_BIT(signal);
    self->signal_mask &= ~SIGNAL_BIT(signal);
    struct signal_actions *actions = process->actions;
    if (actions && (blocked || actions->action[signal - 1].handler == KERNEL_SIG_IGN)) {
        bool locked = lock_if_shared(actions);
        actions->action[signal - 1].handler = KERNEL_SIG_DFL;
        unlock_if(actions, locked);
    }
    spin_unlock(&process->signal_lock);
    spin_unlock(&proc_lock);
}

long sys_rt_sigaction(struct thread *self, int sig, uaddr_t act, uaddr_t old, size_t set_size)
{
    struct process *process = self->process;
    struct kernel_sigaction action, was;
    struct list dropped = LIST_INIT(dropped);
    if (set_size != sizeof(kernel_sigset_t))
        return -EINVAL;
    if (!uaddr_is_null(act) && user_copy_in(&action, act, sizeof(action)))
        return -EFAULT;
    if (!signal_is_valid(sig) || (!uaddr_is_null(act) && SIGNAL_BIT(sig) & FIRM_SIGNALS))
        return -EINVAL;
    spin_lock(&proc_lock);
    spin_lock(&process->signal_lock);
    was = *signal_action(process, sig);
    if (!uaddr_is_null(act) && !process->actions)
        process->actions = actions_create();
    bool done = uaddr_is_null(act) || process->actions;
    if (!uaddr_is_null(act) && done)
        install_action(process, sig, &action, &dropped);
    spin_unlock(&process->signal_lock);
    spin_unlock(&proc_lock);
    signal_free_dropped(&dropped, true);
    if (!done)
        return -ENOMEM;
    return uaddr_is_null(old) ? 0 : user_copy_out(old, &was, sizeof(was));
}

/* ---- Masks ---- */

long sys_rt_sigprocmask(struct thread *self, int how, uaddr_t set, uaddr_t old, size_t set_size)
{
    uint64_t was = self->signal_mask, given;
    if (set_size != sizeof(kernel_sigset_t))
        return -EINVAL;
    if (!uaddr_is_null(set)) {
        if (user_copy_in(&given, set, sizeof(given)))
            return -EFAULT;
        switch (how) {
        case SIG_BLOCK: signal_set_mask(self, was | given); break;
        case SIG_UNBLOCK: signal_set_mask(self, was & ~given); break;
        case SIG_SETMASK: signal_set_mask(self, given); break;
        default: return -EINVAL;
        }
    }
    return uaddr_is_null(old) ? 0 : user_copy_out(old, &was, sizeof(was));
}

long sys_rt_sigpending(struct thread *self, uaddr_t set, size_t set_size)
{
    if (set_size > sizeof(kernel_sigset_t))
        return -EINVAL;
    spin_lock(&self->process->signal_lock);
    uint64_t pending = (self->signal_pending | self->process->pending) & self->signal_mask;
    spin_unlock(&self->process->signal_lock);
    return user_copy_out(set, &pending, set_size);
}

/* ---- Waiting ---- */

static void mask_for_call(uint64_t mask)
{
    struct thread *self = current_thread();
    self->saved_mask = self->signal_mask;
    self->restore_mask = true;
    signal_set_mask(self, mask);
}

int signal_mask_for_call(uaddr_t at, size_t size)
{
    uint64_t mask;
    if (uaddr_is_null(at))
        return 0;
    if (size != sizeof(mask))
        return -EINVAL;
    if (user_copy_in(&mask, at, sizeof(mask)))
        return -EFAULT;
    mask_for_call(mask);
    return 0;
}

/* Sleeps until a signal is to be delivered. The result -ERESTARTNOHAND means: call again, unless a
 * handler runs. */
static long sleep_for_signal(const char *what)
{
    while (sleep_until(NO_DEADLINE, WAIT_SIGNALS, what) == 0)
        ;
    return -ERESTARTNOHAND;
}

long sys_pause(struct thread *self)
{
    (void)self;
    return sleep_for_signal("pause");
}

long sys_rt_sigsuspend(struct thread *self, uaddr_t mask, size_t set_size)
{
    (void)self;
    if (set_size != sizeof(kernel_sigset_t))
        return -EINVAL;
    if (uaddr_is_null(mask))
        return -EFAULT;
    int err = signal_mask_for_call(mask, set_size);
    return err ? err : sleep_for_signal("sigsuspend");
}
