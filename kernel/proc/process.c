/* The process as an object: made, published under its number, counted, given back. */
#include "private.h"

struct spinlock proc_lock = {.name = "processes", .rank = RANK_PROC};

static OBJECT_CACHE(process_cache, struct process);
static uint32_t n_processes; /* guarded by proc_lock: published and not yet reaped */

/* An empty process without number, parent, thread, memory or files.
 * NULL when out of memory.
 * Nobody else knows it yet: no lock. */
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
    list_init(&process->group_node);
    list_init(&process->queued);
    wait_queue_init(&process->child_events);
    wait_queue_init(&process->vfork_done);
    wait_queue_init(&process->resumed);
    mutex_init(&process->exec_lock, "exec", RANK_EXEC);
    spin_init(&process->signal_lock, "signals", RANK_SIGNAL);
    timers_init(process);
    return process;
}

void process_destroy(struct process *process)
{
    signal_actions_free(process);
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

/* Gives a thread its number and makes it part of the process. The thread holds a reference.
 * Nothing can fail.
 * proc_lock. */
void thread_attach_locked(struct process *process, struct pid_slot *slot, struct thread *thread)
{
    thread->tid = slot->node.key;
    slot->thread = thread;
    process_ref(process);
    list_add_tail(&process->threads, &thread->process_node);
    process->fs.n_threads = ++process->n_threads;
    tracing_attach_locked(thread);
}

/* Makes a process known: its number, its first thread, its place below its parent and in a group,
 * which process->parent, group and session name already.
 * Nothing can fail.
 * proc_lock. */
void process_publish_locked(struct process *process, struct pid_slot *slot, struct thread *thread)
{
    process->pid = process->fs.pid = slot->node.key;
    slot->process = process;
    n_processes++;
    if (process->parent)
        list_add_tail(&process->parent->children, &process->sibling);
    thread_attach_locked(process, slot, thread);
    if (process->group)
        group_join_locked(process, process->group, process->session);
}

/* Says whose child it is from now on; the lists are the caller's.
 * Nothing can fail.
 * proc_lock. */
void process_set_parent_locked(struct process *child, struct process *parent)
{
    child->parent = parent;
    __atomic_store_n(&child->parent_pid, parent->pid, __ATOMIC_RELAXED);
}

/* Takes a process that has ended out of everything: its number may be used again.
 * The caller holds a reference if it wants to look at it afterwards.
 * proc_lock. */
void process_reap_locked(struct process *zombie, bool count_usage)
{
    struct process *parent = zombie->parent;
    if (count_usage) {
        usage_add(&parent->children_usage, &zombie->ended_usage);
        usage_add(&parent->children_usage, &zombie->children_usage);
    }
    zombie->state = PROCESS_REAPED;
    n_processes--;
    list_remove(&zombie->sibling);
    group_leave_locked(zombie);
    struct pid_slot *slot = pid_slot_find_locked(zombie->pid);
    slot->process = NULL;
    pid_slot_put_locked(slot);
    process_unref(zombie);
}

/* The process runs as `cred` from now on, whose reference it takes over; the old one is given back.
 * Nothing can fail.
 * exec_lock, or no other thread is there; takes fs.lock, then proc_lock. */
void process_set_cred(struct process *process, struct cred *cred)
{
    spin_lock(&process->fs.lock);
    struct cred *old = process->fs.cred;
    process->fs.cred = cred;
    spin_unlock(&process->fs.lock);
    if (old)
        cred_unref(old);
    spin_lock(&proc_lock);
    process->uid = cred->uid;
    process->euid = cred->euid;
    process->suid = cred->suid;
    process->gid = cred->gid;
    spin_unlock(&proc_lock);
}

uint32_t process_count(void)
{
    return __atomic_load_n(&n_processes, __ATOMIC_RELAXED);
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

/* What all threads of the process have used, for CLOCK_PROCESS_CPUTIME_ID.
 * Nanoseconds.
 * Takes proc_lock. */
static uint64_t process_run_ns(struct thread *self)
{
    spin_lock(&proc_lock);
    struct usage usage = process_usage_locked(self->process);
    spin_unlock(&proc_lock);
    return usage.user_ns + usage.system_ns;
}

static uint32_t most_processes; /* constant after proc_init */

static bool is_root_shell(const struct process *process)
{
    return process->pid == INIT_PID || (process->session_leader && process->euid == 0);
}

/* As many processes, and threads of one, as there are groups of sixteen frames; the last eighth is
 * like the last of memory. */
static bool is_crowded(uint32_t n)
{
    return n >= most_processes - most_processes / 8;
}

bool process_is_rescuer(const struct process *parent)
{
    return is_root_shell(parent) && (memory_is_tight() || is_crowded(process_count()));
}

bool process_room(const struct process *parent)
{
    uint32_t n = max(process_count(), parent->n_threads);
    bool may_use_last = parent->rescuer || is_root_shell(parent);
    return n < most_processes && (may_use_last || !is_crowded(n));
}

/* The last of memory is for root's shell, and for the programs that it starts when there is little
 * left: what fills memory was started before. In frame_alloc.
 * No lock: constants, or the caller's own. */
static bool may_use_reserve(void)
{
    const struct thread *self = current_thread();
    const struct process *process = self ? self->process : NULL;
    return !process || process->rescuer || is_root_shell(process);
}

static bool number_is_used(int number)
{
    spin_lock(&proc_lock);
    bool used = pid_slot_find_locked(number) != NULL;
    spin_unlock(&proc_lock);
    return used;
}

void proc_init(void)
{
    struct memory_counts memory;
    memory_count(&memory);
    most_processes = memory.total_frames / 16;
    mm_reserve_hook = may_use_reserve;
    job_init();
    sched_hooks.process_run_ns = process_run_ns;
    vfs_mask_signals = signal_mask_for_call;
    vfs_number_used = number_is_used;
}
