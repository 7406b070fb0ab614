/* Threads: creation, freeing, and how long they have run.
 *
 * A thread is an object with a kernel stack, on which context_init has prepared what the first
 * switch to it finds: it begins in start_thread, which finishes the switch and calls the thread's
 * function. At its end it calls thread_exit, which switches away and never returns. The next thread
 * on that processor calls `last`, and that frees the thread, whose stack is unused from then on
 * (queue.c).
 *
 * Processor time is added up at each switch. Between two switches, the time since ns_mark is added
 * on demand. How much of it was spent in the kernel is sampled (sched.h). */
/* SPDX-License-Identifier: MIT */
#include "local.h"

static OBJECT_CACHE(thread_cache, struct thread);
static OBJECT_CACHE(fpu_cache, struct fpu_state);

uint32_t n_threads;

static void start_thread(void *self)
{
    struct thread *thread = self;
    thread_begin(thread->start, thread->start_arg);
}

struct thread *thread_create(struct process *process, struct space *space, void (*function)(void *),
                             void *arg)
{
    struct thread *thread = object_alloc_zeroed(&thread_cache);
    if (!thread)
        return NULL;
    thread->stack_top = kstack_alloc();
    if (!thread->stack_top) {
        object_free(&thread_cache, thread);
        return NULL;
    }
    thread->start = function;
    thread->start_arg = arg;
    thread->kernel_rsp = context_init(thread->stack_top, start_thread, thread);
    thread->process = process;
    thread->space = space;
    thread->cpu = this_cpu()->id;
    /* a random phase of the sampling, since many threads make only a few calls */
    thread->n_entries = cycle_count() / 64;
    list_init(&thread->run_node);
    list_init(&thread->queued);
    list_init(&thread->process_node);
    list_init(&thread->tracees);
    __atomic_add_fetch(&n_threads, 1, __ATOMIC_RELAXED);
    return thread;
}

void thread_free(struct thread *thread)
{
    assert(thread->state == THREAD_NEW || thread->state == THREAD_DEAD);
    if (thread->fpu)
        object_free(&fpu_cache, thread->fpu);
    kstack_free(thread->stack_top);
    object_free(&thread_cache, thread);
    __atomic_sub_fetch(&n_threads, 1, __ATOMIC_RELAXED);
}

void threads_init(void)
{
    fpu_cache.size =
        (uint32_t)align_up(fpu_state_bytes + OBJECT_REDZONE, 64); /* XSAVE needs this alignment */
}

struct fpu_state *thread_fpu_alloc(void)
{
    struct fpu_state *state = object_alloc(&fpu_cache);
    if (state)
        fpu_init_state(state);
    return state;
}

/* ---- Times of use ---- */

/* Processor time, including the current stretch. For a thread that runs on another processor it may
 * be wrong by one stretch. */
static uint64_t run_ns_now(const struct thread *thread)
{
    uint64_t now = clock_ns(), mark = thread->ns_mark;
    bool runs = thread->state == THREAD_RUNNING && now > mark;
    return thread->run_ns + (runs ? now - mark : 0);
}

void thread_sample_begin(struct thread *thread)
{
    thread->call_start_ns = run_ns_now(thread);
    thread->call_exact = false;
}

/* What the timed part of the current kernel entry counts for so far. */
static uint64_t timed_ns(const struct thread *thread, uint64_t now)
{
    uint64_t ns = now - thread->call_start_ns;
    if (!thread->call_start_ns)
        return 0;
    return thread->call_exact ? ns : ns * ENTRIES_PER_SAMPLE;
}

void thread_sample_end(struct thread *thread)
{
    uint64_t now = run_ns_now(thread);
    thread->system_ns = min(thread->system_ns + timed_ns(thread, now), now);
    thread->call_start_ns = 0;
}

void thread_sample_long(struct thread *thread)
{
    if (thread->call_start_ns && thread->call_exact)
        return;
    if (thread->call_start_ns)
        thread_sample_end(thread);
    thread->call_start_ns = run_ns_now(thread);
    thread->call_exact = true;
}

struct usage thread_usage(const struct thread *thread)
{
    uint64_t sum = run_ns_now(thread);
    uint64_t system_ns = thread->system_ns;
    if (thread->call_exact)
        system_ns += timed_ns(thread, sum);
    system_ns = thread->process ? min(system_ns, sum) : sum;
    return (struct usage){
        .user_ns = sum - system_ns,
        .system_ns = system_ns,
        .n_faults = thread->n_faults,
        .n_sleeps = thread->n_sleeps,
        .n_preempted = thread->n_preempted,
        .io = thread->fs.io,
    };
}
