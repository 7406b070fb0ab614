/* The process as an object: it is made, published under its number, counted, and freed.
 *
 * Processes form a tree. Each has a parent and a list of children in the order of their birth;
 * process 1 is the root. proc_lock guards the tree, and process_publish_locked() adds a process to
 * it together with its number, its first thread and its group. Before that no other processor can
 * find it, so it is prepared without locks.
 *
 * A process leaves the tree in two steps. When its last thread ends it becomes a zombie: memory and
 * files are freed, but the number, the exit status and the times remain, because its parent may
 * still ask for them with wait. When the parent has done so, or does not care, the zombie is
 * reaped: it leaves the tree, and its number may be used again. The structure itself is freed with
 * the last reference. The table of numbers has one reference, each thread has one, and so has
 * everything that looks at a process without proc_lock, such as /proc.
 *
 * wait must not search thousands of children for the one that has ended. Therefore each parent also
 * has a tree `told`, with those children that wait has something to report about: zombies, and
 * children that have stopped or continued since the last report. child_changed_locked() keeps it up
 * to date, and must be called after each change of what it depends on.
 *
 * The last part counts. Processes, numbers and kernel stacks are limited, and a program that forks
 * without end shall not make the machine unusable: an eighth is reserved for init, for root's
 * shells and for what they start then (see process_starts_emergency in private.h). */
/* SPDX-License-Identifier: MIT */
#include "private.h"

struct tracer_hooks tracer_hooks;

struct spinlock proc_lock = {.name = "processes", .rank = RANK_PROC};

static OBJECT_CACHE(process_cache, struct process);
static uint32_t n_processes; /* guarded by proc_lock: published and not yet reaped */

struct process *process_create(void)
{
    struct process *process = object_alloc_zeroed(&process_cache);
    if (!process)
        return NULL;
    process->refs = 1;
    process->exit_signal = SIGCHLD;
    process->start_ns = clock_ns();
    process->dumpable = 1;
    list_init(&process->children);
    list_init(&process->sibling);
    list_init(&process->threads);
    list_init(&process->told_tracees);
    list_init(&process->group_node);
    list_init(&process->queued);
    wait_queue_init(&process->child_events);
    wait_queue_init(&process->resumed);
    mutex_init(&process->exec_lock, "exec", RANK_EXEC);
    spin_init(&process->signal_lock, "signals", RANK_SIGNAL);
    if (annex_hooks.timers_init)
        annex_hooks.timers_init(process);
    return process;
}

void process_destroy(struct process *process)
{
    signal_actions_free(process);
    if (process->user)
        user_unref(process->user);
    object_free(&process_cache, process);
}

void process_ref(struct process *process)
{
    __atomic_fetch_add(&process->refs, 1, __ATOMIC_RELAXED);
}

void process_unref(struct process *process)
{
    if (__atomic_sub_fetch(&process->refs, 1, __ATOMIC_ACQ_REL) == 0)
        process_destroy(process);
}

void thread_attach_locked(struct process *process, struct pid *slot, struct thread *thread)
{
    thread->tid = slot->node.key;
    slot->thread = thread;
    process_ref(process);
    list_add_tail(&process->threads, &thread->process_node);
    process->fs.n_threads = ++process->n_threads;
    count_tasks_locked(process, 1);
}

/* Adds the child to its parent's `told`, or removes it. */
static void set_told_locked(struct process *child, bool told)
{
    if (told && !child->in_told)
        tree_insert(&child->parent->told, &child->told_node, child->birth);
    if (!told && child->in_told)
        tree_remove(&child->parent->told, &child->told_node);
    child->in_told = told;
}

void child_changed_locked(struct process *child)
{
    bool stopped = child->stop_unreported && child->tracer != child->parent;
    bool ended = child->state == PROCESS_ZOMBIE && !is_hidden_locked(child);
    if (child->parent)
        set_told_locked(child, ended || stopped || child->continue_unreported);
}

void child_add_locked(struct process *child)
{
    static uint64_t n_births;
    child->birth = ++n_births;
    list_add_tail(&child->parent->children, &child->sibling);
    child_changed_locked(child);
}

void child_remove_locked(struct process *child)
{
    list_remove(&child->sibling);
    set_told_locked(child, false);
}

void process_publish_locked(struct process *process, struct pid *slot, struct thread *thread)
{
    process->pid = process->fs.pid = slot->node.key;
    slot->process = process;
    n_processes++;
    if (process->parent)
        child_add_locked(process);
    thread_attach_locked(process, slot, thread);
    if (process->group)
        group_join_locked(process, process->group, process->session);
}

void process_set_parent_locked(struct process *child, struct process *parent)
{
    set_told_locked(child, false);
    child->parent = parent;
    __atomic_store_n(&child->parent_pid, parent->pid, __ATOMIC_RELAXED);
}

void process_reap_locked(struct process *zombie, bool count_usage)
{
    struct process *parent = zombie->parent;
    if (count_usage) {
        usage_add(&parent->children_usage, &zombie->ended_usage);
        usage_add(&parent->children_usage, &zombie->children_usage);
    }
    if (unlikely(zombie->tracer))
        tracer_hooks.change(TRACE_REAPED, zombie, NULL);
    zombie->state = PROCESS_REAPED;
    n_processes--;
    count_tasks_locked(zombie, -1);
    child_remove_locked(zombie);
    group_leave_locked(zombie);
    struct pid *slot = pid_find_locked(zombie->pid);
    slot->process = NULL;
    pid_put_locked(slot);
    process_unref(zombie);
}

static void set_ids(struct process *process, const struct cred *cred)
{
    process->uid = cred->uid;
    process->euid = cred->euid;
    process->suid = cred->suid;
    process->gid = cred->gid;
    process->egid = cred->egid;
    process->sgid = cred->sgid;
    process->user = cred->user;
    user_ref(process->user);
}

void process_take_ids(struct process *process)
{
    set_ids(process, process->fs.cred);
}

void process_set_cred(struct process *process, struct cred *cred, bool dumpable)
{
    spin_lock(&process->fs.lock);
    spin_lock(&proc_lock);
    struct cred *old = process->fs.cred;
    process->fs.cred = cred;
    struct user *old_user = process->user;
    set_ids(process, cred);
    process->dumpable = dumpable;
    if (old_user != process->user && annex_hooks.move_tasks)
        annex_hooks.move_tasks(process, old_user);
    spin_unlock(&proc_lock);
    spin_unlock(&process->fs.lock);
    if (old)
        cred_unref(old);
    if (old_user)
        user_unref(old_user);
}

uint32_t process_count(void)
{
    return __atomic_load_n(&n_processes, __ATOMIC_RELAXED);
}

void process_note_left(struct process *process, struct space *left)
{
    uint64_t most = space_most_resident(left);
    spin_lock(&proc_lock);
    process->ended_usage.most_resident = max(process->ended_usage.most_resident, most);
    spin_unlock(&proc_lock);
}

struct usage process_usage_locked(const struct process *process)
{
    struct thread *thread;
    struct usage sum = process->ended_usage;
    list_for_each(thread, &process->threads, process_node) {
        struct usage usage = thread_usage(thread);
        usage_add(&sum, &usage);
    }
    return sum;
}

/* Constant after proc_init. */
static uint32_t most_processes; /* one for each 16 frames */
static uint32_t most_tasks;     /* numbers in use: one for each 4 frames, at most all numbers */

uint64_t threads_max;

/* The number of tasks that root allows, or that there is memory for: whichever is less. */
static uint32_t task_limit(void)
{
    return (uint32_t)min(__atomic_load_n(&threads_max, __ATOMIC_RELAXED), (uint64_t)most_tasks);
}

static bool is_root_shell(const struct process *process)
{
    return process->pid == INIT_PID || (process->session_leader && process->euid == 0);
}

bool process_may_use_last(const struct process *process)
{
    return is_root_shell(process) || (process->emergency && process->euid == 0);
}

static bool is_crowded(uint32_t n, uint32_t most)
{
    return n >= most - most / 8;
}

bool process_starts_emergency(const struct process *parent)
{
    return process_may_use_last(parent) &&
           (memory_is_tight() || is_crowded(process_count(), most_processes) ||
            is_crowded(pid_count(), task_limit()));
}

bool process_room(const struct process *parent)
{
    uint32_t n_processes_now = process_count(), n_numbers = pid_count(), most = task_limit();
    if (n_processes_now >= most_processes || n_numbers >= most)
        return false;
    return process_may_use_last(parent) ||
           (!is_crowded(n_processes_now, most_processes) && !is_crowded(n_numbers, most));
}

unsigned proc_caller_rights(void)
{
    const struct thread *self = current_thread();
    const struct process *process = self ? self->process : NULL;
    if (!process)
        return CALLER_IS_ROOT | CALLER_MAY_RESERVE;
    bool may_reserve = process_may_use_last(process) || self->borrows ||
                       __atomic_load_n(&process->oom_victim, __ATOMIC_RELAXED);
    return (process->euid == 0 ? CALLER_IS_ROOT : 0) | (may_reserve ? CALLER_MAY_RESERVE : 0);
}

uint32_t process_share(void)
{
    return most_processes / 2;
}

void proc_init(void)
{
    struct memory_counts memory;
    memory_count(&memory);
    most_processes = memory.total_frames / 16;
    most_tasks = min(memory.total_frames / 4, (uint64_t)PID_MAX - PID_RESERVED);
    threads_max = most_tasks;
}
