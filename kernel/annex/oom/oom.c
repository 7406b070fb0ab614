/* Out of memory: one process is killed so that the others can go on.
 *
 * A page fault needs a page, and there is none. The process that asks next is not to blame: a
 * daemon that touches one page a second would die for the program that has taken all the rest.
 *
 * As on Linux, the process is killed whose end frees most: the one with the most pages of its own,
 * adjusted by its oom_score_adj. It may use the emergency reserve while it ends. The thread that
 * faulted sleeps for a moment and executes its instruction again, until there is a page, or until
 * it is the one that is killed.
 *
 * A fault inside a system call cannot wait: the call may hold a mutex that the victim needs to end.
 * It borrows a few pages of the reserve instead, and waits on its way back to user mode (oom_pay).
 *
 * There is one victim at a time; otherwise several processes would die for one page. The next one
 * is chosen only when the last one has ended and its memory is free, or has taken longer than
 * LONGEST_DEATH_NS. Process 1 is never chosen, nor is one with an oom_score_adj of -1000. */
/* SPDX-License-Identifier: MIT */
#include "annex.h"
#include "annex/look/look.h"
#include "oom.h"
#include "proc/private.h"

enum { MOST_BORROWED = 16, NEVER = -1000, PAUSE_NS = 1000000, LONGEST_DEATH_NS = 1000000000 };

static struct process
    *victim; /* guarded by proc_lock; referenced; NULL: no process is being killed */
static uint64_t victim_since; /* guarded by proc_lock: clock_ns() */
static bool choosing;         /* atomic: a thread is looking for a victim */

/* The number of pages that would be free without the process; 0 if it has ended. Takes exec_lock,
 * with no other lock held. */
static uint64_t weight_of(struct process *process)
{
    mutex_lock(&process->exec_lock);
    struct space *space = process->space;
    if (space)
        space_ref(space);
    mutex_unlock(&process->exec_lock);
    if (!space)
        return 0;
    uint64_t weight = space_weight(space);
    space_unref(space);
    return weight;
}

/* How much the end of the process would help, in pages; each step of oom_score_adj counts as a
 * thousandth of all memory. INT64_MIN if it must never be chosen. */
static int64_t badness(struct process *process, uint64_t total)
{
    int adjustment = __atomic_load_n(&process->oom_score_adj, __ATOMIC_RELAXED);
    if (process->pid == INIT_PID || adjustment == NEVER ||
        __atomic_load_n(&process->state, __ATOMIC_RELAXED) != PROCESS_ALIVE)
        return INT64_MIN;
    uint64_t weight = weight_of(process);
    return weight ? (int64_t)weight + adjustment * (int64_t)total / 1000 : INT64_MIN;
}

static uint64_t total_pages(void)
{
    struct memory_counts memory;
    memory_count(&memory);
    return memory.total_frames;
}

int process_oom_score(struct process *process)
{
    int64_t total = (int64_t)total_pages(), points = badness(process, total);
    return points == INT64_MIN ? 0 : max((int)((1000 + points * 1000 / total) * 2 / 3), 0);
}

int process_set_oom(struct process *process, int adjustment, bool privileged, bool as_minimum)
{
    int err = -EACCES;
    spin_lock(&proc_lock);
    if (privileged || adjustment >= process->oom_score_min) {
        __atomic_store_n(&process->oom_score_adj, adjustment, __ATOMIC_RELAXED);
        if (privileged && as_minimum)
            process->oom_score_min = adjustment;
        err = 0;
    }
    spin_unlock(&proc_lock);
    return err;
}

/* The process to kill, referenced: the worst, and of equals the youngest. NULL if there is none.
 * Init, root's shells and their helpers, for which the reserve is kept, are chosen only if `all` is
 * set. */
static struct process *choose(bool all)
{
    struct process *worst = NULL, *process;
    int64_t most = INT64_MIN, total = (int64_t)total_pages();
    for (int pid = 0; (process = process_next(pid));) {
        pid = process->pid;
        bool spared = process->oom_victim || (!all && process_may_use_last(process));
        int64_t points = spared ? INT64_MIN : badness(process, total);
        if (points > INT64_MIN && points >= most) {
            most = points;
            if (worst)
                process_unref(worst);
            worst = process;
        } else {
            process_unref(process);
        }
        cond_resched();
    }
    return worst;
}

/* Kills the process and all others that share its memory, as it is freed only with the last of
 * them. */
static void kill_users_locked(struct process *chosen, struct space *space)
{
    struct process *process = process_first_locked(0);
    for (; process; process = process_first_locked(process->pid)) {
        if (process != chosen && (!space || process->space != space || process->pid == INIT_PID))
            continue;
        __atomic_store_n(&process->oom_victim, true, __ATOMIC_RELAXED);
        signal_send_kernel_locked(process, SIGKILL);
    }
}

static void kill(struct process *chosen)
{
    char name[sizeof(((struct thread *)0)->name)] = "?";
    uint64_t own = weight_of(chosen) * (PAGE_SIZE / 1024);
    spin_lock(&proc_lock);
    victim = chosen;
    victim_since = clock_ns();
    struct thread *first = list_first(&chosen->threads, struct thread, process_node);
    if (first)
        strlcpy(name, first->name, sizeof(name));
    kill_users_locked(chosen, chosen->space);
    uint32_t uid = chosen->uid;
    spin_unlock(&proc_lock);
    klog("Out of memory: Killed process %d (%s) own:%lukB, UID:%u oom_score_adj:%d", chosen->pid,
         name, own, uid, chosen->oom_score_adj);
}

/* Forgets the victim, if it is this one. Takes proc_lock. */
static void forget_victim(const struct process *which)
{
    struct process *forgotten = NULL;
    spin_lock(&proc_lock);
    if (victim == which) {
        forgotten = victim;
        victim = NULL;
    }
    spin_unlock(&proc_lock);
    if (forgotten)
        process_unref(forgotten);
}

static void oom_buried(struct process *process)
{
    if (unlikely(process->oom_victim) &&
        __atomic_load_n(&process->state, __ATOMIC_RELAXED) != PROCESS_ALIVE)
        forget_victim(process);
}

/* Is a victim still ending? One that takes too long is forgotten. Takes proc_lock. */
static bool victim_dies(void)
{
    spin_lock(&proc_lock);
    struct process *dying = victim;
    bool soon = dying && clock_ns() - victim_since < LONGEST_DEATH_NS;
    spin_unlock(&proc_lock);
    if (dying && !soon)
        forget_victim(dying);
    return soon;
}

/* Makes sure that some memory will be freed. False if no process may be killed for it. */
static bool make_room(void)
{
    bool going = true;
    if (__atomic_exchange_n(&choosing, true, __ATOMIC_ACQUIRE))
        return true;
    if (memory_is_out() && !victim_dies()) {
        struct process *chosen = choose(false);
        if (!chosen)
            chosen = choose(true);
        going = chosen != NULL;
        if (chosen)
            kill(chosen);
    }
    __atomic_store_n(&choosing, false, __ATOMIC_RELEASE);
    return going;
}

static bool oom_wait(struct thread *self)
{
    if (self->kill_due)
        return true;
    if (!make_room())
        return false;
    if (!self->kill_due)
        sleep_until(clock_ns() + PAUSE_NS, WAIT_KILL, "memory");
    return true;
}

static bool oom_borrow(struct thread *self, uint64_t address, uint64_t error)
{
    if (self->n_borrowed == MOST_BORROWED) /* until proc_return_to_user calls oom_pay */
        return false;
    self->n_borrowed++;
    self->borrows = true;
    int result = space_fault(self->space, address, error);
    self->borrows = false;
    return result == 0;
}

static void oom_pay(struct thread *self)
{
    while (!self->kill_due && memory_is_out() && oom_wait(self))
        ;
    self->n_borrowed = 0;
}

static void oom_start(struct fs_context *fs, const char *command_line)
{
    (void)fs, (void)command_line;
    annex_hooks.memory_wait = oom_wait;
    annex_hooks.memory_borrow = oom_borrow;
    annex_hooks.memory_pay = oom_pay;
    annex_hooks.thread_buried = oom_buried;
}

ANNEX(oom, ANNEX_START, oom_start);
