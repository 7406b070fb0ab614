/* RLIMIT_NPROC: how many processes and threads one user may have.
 *
 * The tasks of a process count for its real user. If setuid takes a user over the limit it succeeds
 * nevertheless, because programs do not expect it to fail; but the process may not execute another
 * program as long as the user is over the limit. Root has no limit. */
/* SPDX-License-Identifier: MIT */
#include "annex.h"
#include "proc/private.h"

static void count_tasks(struct process *process, int n)
{
    process->n_counted += n;
    __atomic_fetch_add(&process->user->n_tasks, n, __ATOMIC_RELAXED);
}

/* Has the user more tasks than the limit less `spare` allows? */
static bool is_over_limit(const struct process *process, uint64_t spare)
{
    uint64_t n = __atomic_load_n(&process->user->n_tasks, __ATOMIC_RELAXED);
    return process->uid != 0 && n + spare > process->limits[RLIMIT_NPROC].rlim_cur;
}

static void move_tasks(struct process *process, struct user *old)
{
    process->was_over_limit = is_over_limit(process, 0);
    if (old)
        __atomic_fetch_sub(&old->n_tasks, process->n_counted, __ATOMIC_RELAXED);
    __atomic_fetch_add(&process->user->n_tasks, process->n_counted, __ATOMIC_RELAXED);
}

static int task_limit(struct process *process, bool exec)
{
    if (!exec)
        return process->euid != 0 && is_over_limit(process, 1) ? -EAGAIN : 0;
    if (process->was_over_limit)
        process->was_over_limit = is_over_limit(process, 0);
    return process->was_over_limit ? -EAGAIN : 0;
}

static void start_tasks(struct fs_context *fs, const char *command_line)
{
    (void)fs, (void)command_line;
    annex_hooks.count_tasks = count_tasks;
    annex_hooks.move_tasks = move_tasks;
    annex_hooks.task_limit = task_limit;
}

ANNEX(users, ANNEX_START, start_tasks);
