/* Nice values: each thread has one, which can be read and changed; the scheduler does not use it
 * yet.
 *
 * getpriority and setpriority mean one thread, or all threads of a group or of a user. Both visit
 * the same threads, so they share the walk and differ in the function that is called for each
 * value. */
/* SPDX-License-Identifier: MIT */
#include "proc/private.h"

/* What a call does with one nice value. Gets the result so far and returns the new one. */
typedef long nice_act(const struct process *caller, const struct process *owner, int *nice,
                      int wanted, long result);

static bool is_named(const struct process *self, const struct process *process, int which, int who)
{
    if (which == PRIO_PGRP)
        return process->group == (who ? who : self->group);
    return process->uid == (who ? (uint32_t)who : self->uid);
}

/* For the nice value of one thread or of a zombie. */
static long act_on_one_locked(struct thread *self, int who, nice_act *act, int wanted)
{
    struct pid *slot = pid_find_locked(who ? who : self->tid);
    if (slot && slot->thread)
        return act(self->process, slot->thread->process, &slot->thread->nice, wanted, -ESRCH);
    if (slot && slot->process)
        return act(self->process, slot->process, &slot->process->nice, wanted, -ESRCH);
    return -ESRCH;
}

/* For those of all threads of a group or user. */
static long act_on_many_locked(struct thread *self, int which, int who, nice_act *act, int wanted)
{
    long result = -ESRCH;
    struct thread *thread;
    struct process *process = process_first_locked(0);
    for (; process; process = process_first_locked(process->pid)) {
        if (!is_named(self->process, process, which, who))
            continue;
        if (list_empty(&process->threads))
            result = act(self->process, process, &process->nice, wanted, result);
        list_for_each(thread, &process->threads, process_node)
            result = act(self->process, process, &thread->nice, wanted, result);
    }
    return result;
}

static long act_on_named(struct thread *self, int which, int who, nice_act *act, int wanted)
{
    if (which < PRIO_PROCESS || which > PRIO_USER)
        return -EINVAL;
    spin_lock(&proc_lock);
    long result = which == PRIO_PROCESS ? act_on_one_locked(self, who, act, wanted)
                                        : act_on_many_locked(self, which, who, act, wanted);
    spin_unlock(&proc_lock);
    return result;
}

static long tell_nice(const struct process *caller, const struct process *owner, int *nice,
                      int wanted, long result)
{
    (void)caller, (void)owner, (void)wanted;
    return max(result, 20l - *nice);
}

static long set_nice(const struct process *caller, const struct process *owner, int *nice,
                     int wanted, long result)
{
    if (caller->euid != 0 && caller->euid != owner->uid && caller->euid != owner->euid)
        return -EPERM;
    if (wanted < *nice && caller->euid != 0)
        return -EACCES;
    *nice = wanted;
    return result == -ESRCH ? 0 : result;
}

/* The result is 20 minus the lowest value, so that it never looks like an error. */
long sys_getpriority(struct thread *self, int which, int who)
{
    return act_on_named(self, which, who, tell_nice, 0);
}

long sys_setpriority(struct thread *self, int which, int who, int nice)
{
    nice = min(max(nice, PRIO_MIN), PRIO_MAX - 1);
    return act_on_named(self, which, who, set_nice, nice);
}
