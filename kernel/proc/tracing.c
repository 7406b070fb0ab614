/* Threads that others trace: the functions that are called as long as none are set, so that callers
 * need not check.
 *
 * The annex ptrace replaces them. */
/* SPDX-License-Identifier: MIT */
#include "private.h"

static void no_event(struct thread *self, enum trace_event event, long value)
{
    (void)self, (void)event, (void)value;
}

static int no_signal(struct thread *self, siginfo_t *info)
{
    (void)self;
    return info->si_signo;
}

static bool bears_nothing(struct thread *self, struct thread *child, uint64_t flags, int signal)
{
    (void)self, (void)child, (void)flags, (void)signal;
    return true;
}

static void no_change(enum trace_change change, struct process *process, struct thread *thread)
{
    (void)change, (void)process, (void)thread;
}

static int looks_at_nothing(struct process *process, struct wait_for *wait)
{
    (void)process, (void)wait;
    return -ECHILD;
}

static bool limits_nothing(const struct thread *self)
{
    (void)self;
    return false;
}

struct tracer_hooks tracer_hooks = {
    .event = no_event,
    .signal = no_signal,
    .bears = bears_nothing,
    .change = no_change,
    .look = looks_at_nothing,
    .limits = limits_nothing,
};
