/* Numbers of processes, threads, groups and sessions: a tree finds what a number names, a bitmap
 * finds a free number.
 *
 * One number can name several things at the same time. A shell that has called setsid is a process,
 * a thread, a group and a session, all with the same number. And the number of a group must not be
 * reused while the group has members, even if the process that founded it has ended long ago.
 * Therefore each number in use has one struct pid, which says all that it names.
 * pid_put_locked() is called whenever it names one thing less, and frees the number when
 * nothing is left.
 *
 * Free numbers are given out in ascending order and then from the start again, so that a number is
 * not reused soon: a program that has kept the number of a process that ended would otherwise send
 * its signal to a stranger. Numbers below PID_RESERVED are given out only once, as on Linux. */
/* SPDX-License-Identifier: MIT */
#include "private.h"

static OBJECT_CACHE(slot_cache, struct pid);
struct tree pid_slots;
int last_pid;
/* guarded by proc_lock: a bit for each number in use, and the number of bits set */
static uint64_t used[PID_MAX / 64];
static uint32_t n_used;

struct pid *pid_find_locked(int id)
{
    struct tree_node *node = id > 0 ? tree_floor(&pid_slots, id) : NULL;
    return node && node->key == (uint64_t)id ? container_of(node, struct pid, node) : NULL;
}

/* The next free number after the last one; 0 if there is none. */
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

struct pid *pid_create_locked(int *id)
{
    *id = next_free_locked();
    struct pid *slot = *id ? object_alloc_zeroed(&slot_cache) : NULL;
    if (!slot)
        return NULL;
    last_pid = *id;
    bitmap_set(used, *id);
    n_used++;
    list_init(&slot->members);
    list_init(&slot->lost_tie);
    tree_insert(&pid_slots, &slot->node, *id);
    return slot;
}

void pid_put_locked(struct pid *slot)
{
    if (slot->process || slot->thread || slot->ended || !list_empty(&slot->members) ||
        slot->n_in_session)
        return;
    list_remove(&slot->lost_tie);
    tree_remove(&pid_slots, &slot->node);
    bitmap_clear(used, slot->node.key);
    n_used--;
    object_free(&slot_cache, slot);
}

struct process *process_find_locked(int pid)
{
    struct pid *slot = pid_find_locked(pid);
    return slot ? slot->process : NULL;
}

struct process *process_of_locked(int id)
{
    struct pid *slot = pid_find_locked(id);
    return !slot ? NULL : slot->thread ? slot->thread->process : slot->process;
}

struct process *process_first_locked(int above)
{
    struct tree_node *node = tree_ceil(&pid_slots, above + 1);
    for (; node; node = tree_next(&pid_slots, node)) {
        struct pid *slot = container_of(node, struct pid, node);
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
