/* What wait tells of traced threads: their stops, and their ends.
 *
 * Each process has a list of those of its tracees that there is something new about, so that wait
 * looks at these alone. The end of a first thread is told when its process is a zombie; if the
 * tracer is not the parent, the parent is told after the tracer has waited. */
/* SPDX-License-Identifier: MIT */
#include "local.h"

static OBJECT_CACHE(tracee_cache, struct tracee);

/* ---- News ---- */

void tracee_tell_locked(struct tracee *tracee)
{
    tracee_untell_locked(tracee);
    list_add_tail(&tracee->tracer->process->told_tracees, &tracee->told_node);
}

void tracee_untell_locked(struct tracee *tracee)
{
    list_remove(&tracee->told_node);
}

static int number_of(const struct tracee *tracee)
{
    return tracee->thread ? tracee->thread->tid : tracee->tid;
}

void tracer_notify_locked(const struct tracee *tracee, int code, int status)
{
    siginfo_t info;
    struct process *process = tracee->process, *parent = tracee->tracer->process;
    const struct kernel_sigaction *action = signal_action(parent, SIGCHLD);
    bool ended = tracee->state == TRACEE_ENDED;
    if (ended || (action->handler != KERNEL_SIG_IGN && !(action->flags & SA_NOCLDSTOP))) {
        struct usage usage = ended ? process_usage_locked(process) : thread_usage(tracee->thread);
        signal_fill(&info, SIGCHLD, code, number_of(tracee), process->uid);
        info.si_status = status;
        info.si_utime = usage.user_ns / 10000000;
        info.si_stime = usage.system_ns / 10000000;
        signal_send_locked(parent, NULL, SIGCHLD, &info);
    }
    wake_all(&parent->child_events);
}

void tracee_tell_end_locked(struct tracee *tracee)
{
    int status = tracee->wait_status;
    tracee_tell_locked(tracee);
    tracer_notify_locked(tracee, exit_code_of(status), exit_value_of(status));
}

/* ---- Records ---- */

struct tracee *tracee_create(struct thread *thread)
{
    struct tracee *tracee = object_alloc_zeroed(&tracee_cache);
    if (!tracee)
        return NULL;
    list_init(&tracee->node);
    list_init(&tracee->told_node);
    tracee->thread = thread;
    tracee->process = thread->process;
    return tracee;
}

void tracee_free(struct tracee *tracee)
{
    object_free(&tracee_cache, tracee);
}

void tracee_free_ended_locked(struct tracee *tracee)
{
    struct pid *slot = pid_find_locked(tracee->tid);
    slot->ended = NULL;
    pid_put_locked(slot);
    process_unref(tracee->process);
    tracee_free(tracee);
}

/* ---- wait ---- */

static bool is_meant(const struct wait_for *wait, const struct tracee *tracee,
                     const struct process *process)
{
    if (tracee->tracer->process != process ||
        (wait->group && tracee->process->group != wait->group))
        return false;
    return !(wait->options & __WNOTHREAD) || tracee->tracer == current_thread();
}

static bool is_first(const struct tracee *tracee)
{
    return number_of(tracee) == tracee->process->pid;
}

/* Tells of its end; unless told not to, that was the last of it. */
static void collect_end(struct wait_for *wait, struct tracee *tracee)
{
    struct process *process = tracee->process;
    bool is_process = is_first(tracee);
    wait_found_end_locked(wait, process, tracee->tid,
                          is_process ? process->exit_status : tracee->wait_status);
    if (wait->options & WNOWAIT)
        return;
    process_ref(process);
    tracee_unlink_locked(tracee); /* if the parent is not the tracer, it learns of the end now */
    process_unref(process);
}

/* True with the result if there is something to tell. */
static bool collect(struct wait_for *wait, struct tracee *tracee)
{
    if (list_empty(&tracee->told_node) || tracee->state == TRACEE_LISTENS)
        return false;
    if (tracee->state == TRACEE_ENDED) {
        if (wait->options & WEXITED)
            collect_end(wait, tracee);
        return wait->options & WEXITED;
    }
    wait_found_locked(wait, tracee->process, tracee->thread->tid, CLD_TRAPPED, tracee->code,
                      tracee->code << 8 | 0x7f);
    if (!(wait->options & WNOWAIT))
        tracee_untell_locked(tracee);
    return true;
}

static struct tracee *find_locked(int id)
{
    struct pid *slot = pid_find_locked(id);
    struct tracee *tracee = !slot ? NULL : slot->thread ? slot->thread->tracee : slot->ended;
    return tracee && tracee->tracer ? tracee : NULL;
}

/* Does any thread of the process trace one that is meant? */
static bool any_meant(const struct wait_for *wait, const struct process *process)
{
    struct thread *thread;
    struct tracee *tracee;
    list_for_each(thread, &process->threads, process_node)
        list_for_each(tracee, &thread->tracees, node)
            if (is_meant(wait, tracee, process))
                return true;
    return false;
}

int tracer_look(struct process *process, struct wait_for *wait)
{
    if (!process->n_tracees)
        return -ECHILD;
    struct tracee *tracee = wait->pid ? find_locked(wait->pid) : NULL;
    if (wait->pid) {
        bool meant = tracee && is_meant(wait, tracee, process);
        return !meant ? -ECHILD : collect(wait, tracee);
    }
    list_for_each(tracee, &process->told_tracees, told_node)
        if (is_meant(wait, tracee, process) && collect(wait, tracee))
            return 1;
    return any_meant(wait, process) ? 0 : -ECHILD;
}
