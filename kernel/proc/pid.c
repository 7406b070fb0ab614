/* Numbers of processes, threads, groups and sessions: a tree of those in use finds what they name,
 * a bitmap finds a free one. */
#include "private.h"

static OBJECT_CACHE(slot_cache, struct pid_slot);
static struct tree slots; /* guarded by proc_lock */
static int last_pid;      /* guarded by proc_lock */
/* guarded by proc_lock: a bit for each number in use, and how many those are */
static uint64_t used[PID_MAX / 64];
static uint32_t n_used;

struct pid_slot *pid_slot_find_locked(int id)
{
    struct tree_node *node = id > 0 ? tree_floor(&slots, id) : NULL;
    return node && node->key == (uint64_t)id ? container_of(node, struct pid_slot, node) : NULL;
}

/* The next free number after the last one, so that a number is not soon used again; 0 if none.
 * proc_lock. */
static int next_free_locked(void)
{
    size_t id = bitmap_next_clear(used, PID_MAX, last_pid + 1);
    if (id == PID_MAX)
        id = bitmap_next_clear(used, PID_MAX, PID_RESERVED);
    return id < PID_MAX ? (int)id : 0;
}

uint32_t pid_count(void)
{
    return __atomic_load_n(&n_used, __ATOMIC_RELAXED);
}

struct pid_slot *pid_slot_create_locked(int *id)
{
    *id = next_free_locked();
    struct pid_slot *slot = *id ? object_alloc_zeroed(&slot_cache) : NULL;
    if (!slot)
        return NULL;
    last_pid = *id;
    bitmap_set(used, *id);
    n_used++;
    list_init(&slot->members);
    list_init(&slot->lost_tie);
    tree_insert(&slots, &slot->node, *id);
    return slot;
}

void pid_slot_put_locked(struct pid_slot *slot)
{
    if (slot->process || slot->thread || !list_empty(&slot->members) || slot->n_in_session)
        return;
    list_remove(&slot->lost_tie);
    tree_remove(&slots, &slot->node);
    bitmap_clear(used, slot->node.key);
    n_used--;
    object_free(&slot_cache, slot);
}

struct process *process_find_locked(int pid)
{
    struct pid_slot *slot = pid_slot_find_locked(pid);
    return slot ? slot->process : NULL;
}

struct process *process_of_locked(int id)
{
    struct pid_slot *slot = pid_slot_find_locked(id);
    return !slot ? NULL : slot->thread ? slot->thread->process : slot->process;
}

bool process_has_thread(const struct process *process, int tid)
{
    spin_lock(&proc_lock);
    bool has = process_of_locked(tid) == process;
    spin_unlock(&proc_lock);
    return has;
}

struct thread *process_thread(const struct process *process, int tid)
{
    spin_lock(&proc_lock);
    struct pid_slot *slot = pid_slot_find_locked(tid);
    struct thread *thread = slot ? slot->thread : NULL;
    spin_unlock(&proc_lock);
    return thread && thread->process == process ? thread : NULL;
}

/* Among a few threads. -ENOENT if none is that high.
 * proc_lock. */
static int next_of_few_locked(const struct process *process, int from)
{
    struct thread *thread;
    int lowest = -ENOENT;
    list_for_each(thread, &process->threads, process_node)
        if (thread->tid >= from && (lowest < 0 || thread->tid < lowest))
            lowest = thread->tid;
    return lowest;
}

/* Among all numbers in use.
 * proc_lock. */
static int next_of_many_locked(const struct process *process, int from)
{
    struct tree_node *node = tree_ceil(&slots, max(from, 0));
    for (; node; node = tree_next(&slots, node)) {
        struct thread *thread = container_of(node, struct pid_slot, node)->thread;
        if (thread && thread->process == process)
            return thread->tid;
    }
    return -ENOENT;
}

int process_next_thread(const struct process *process, int from)
{
    enum { FEW = 64 };
    spin_lock(&proc_lock);
    int tid = process->n_threads <= FEW ? next_of_few_locked(process, from)
                                        : next_of_many_locked(process, from);
    spin_unlock(&proc_lock);
    return tid;
}

struct process *process_first_locked(int above)
{
    struct tree_node *node = tree_ceil(&slots, above + 1);
    for (; node; node = tree_next(&slots, node)) {
        struct pid_slot *slot = container_of(node, struct pid_slot, node);
        if (slot->process)
            return slot->process;
    }
    return NULL;
}

struct process *process_get(int id)
{
    spin_lock(&proc_lock);
    struct process *process = process_of_locked(id);
    if (process)
        process_ref(process);
    spin_unlock(&proc_lock);
    return process;
}

struct process *process_next(int pid)
{
    spin_lock(&proc_lock);
    struct process *process = process_first_locked(max(pid, 0));
    if (process)
        process_ref(process);
    spin_unlock(&proc_lock);
    return process;
}

int pid_last(void)
{
    return __atomic_load_n(&last_pid, __ATOMIC_RELAXED);
}
