/* Timers, compared with a model of three processors.
 *
 * A processor that halts fires what is due, whichever processor has set it and whatever the others
 * do. A processor in a long call takes no interrupt; the others take theirs at once. After each
 * step the invariant of sched/timer.c must hold, and while a processor halts no timer may be
 * late. */
/* SPDX-License-Identifier: MIT */
#include <string.h>

/* The header's versions read GS, the clock and locks; these macros give them other names here. */
#define this_cpu       x86_this_cpu
#define current_thread x86_current_thread
#define spin_lock      x86_spin_lock
#define spin_unlock    x86_spin_unlock
#define clock_ns       x86_clock_ns
#include "x86.h"
#undef this_cpu
#undef current_thread
#undef spin_lock
#undef spin_unlock
#undef clock_ns

enum { N_CPUS = 3, N_TIMERS = 5, N_STEPS = 200000 };

static struct cpu model_cpus[N_CPUS];
static struct cpu *model_cpu = &model_cpus[0]; /* the processor that acts */
static uint64_t model_now = 1;
uint32_t n_cpus = N_CPUS;

static inline struct cpu *this_cpu(void)
{
    return model_cpu;
}
static inline struct thread *current_thread(void)
{
    return model_cpu->thread;
}
static inline void spin_lock(struct spinlock *lock)
{
    (void)lock;
}
static inline void spin_unlock(struct spinlock *lock)
{
    (void)lock;
}
static inline uint64_t clock_ns(void)
{
    return model_now;
}

#include "../../kernel/sched/timer.c"
#include "tap.h"

/* ---- Processors ---- */

static enum { RUNS, CALLS, HALTS } state[N_CPUS];
static uint64_t alarm_ns[N_CPUS];
static bool kicked[N_CPUS];
static struct thread threads[N_CPUS], idle_threads[N_CPUS];
struct run_queue run_queues[MAX_CPUS];

/* When each timer is due, according to the code that set it; UINT64_MAX: it is not set. */
static struct timer all[N_TIMERS];
static uint64_t due_ns[N_TIMERS];
static int n_fired, n_late;
static uint64_t halts_since_ns; /* since when there was always some processor that halted */

void timer_arm(uint64_t deadline_ns)
{
    alarm_ns[model_cpu->id] = deadline_ns;
}

void cpu_kick(uint32_t id)
{
    kicked[id] = true;
}

void cpu_pause(void)
{
    abort(); /* no timer fires on another processor meanwhile */
}

void spin_not_held(const struct spinlock *lock)
{
    (void)lock;
    abort();
}

void spin_wait(struct spinlock *lock, unsigned rank)
{
    (void)lock, (void)rank;
    abort();
}

void mutex_wait(struct mutex *mutex, unsigned rank)
{
    (void)mutex, (void)rank;
    abort();
}

void mutex_not_held(const struct mutex *mutex)
{
    (void)mutex;
    abort();
}

static uint32_t next_random(uint32_t below)
{
    static uint32_t seed = 7;
    seed = seed * 1664525 + 1013904223;
    return (seed >> 8) % below;
}

static bool any_halts(void)
{
    for (int id = 0; id < N_CPUS; id++)
        if (state[id] == HALTS)
            return true;
    return false;
}

/* Like sched_idle after each interrupt. */
static void halt(void)
{
    struct run_queue *queue = this_queue();
    if (!any_halts())
        halts_since_ns = model_now;
    model_cpu->thread = queue->idle;
    state[model_cpu->id] = HALTS;
    queue->idling = true;
    timers_watch();
}

/* Like sched_tick. */
static void tick(void)
{
    this_queue()->armed_ns = UINT64_MAX;
    timers_run(this_queue());
}

static void take_interrupts(void)
{
    for (int id = 0; id < N_CPUS; id++) {
        model_cpu = &model_cpus[id];
        bool rings = alarm_ns[id] <= model_now && state[id] != CALLS;
        if (rings) {
            alarm_ns[id] = UINT64_MAX;
            tick();
        }
        if (state[id] == HALTS && (rings || kicked[id])) {
            this_queue()->idling = false;
            halt();
        }
        kicked[id] = false;
    }
}

static uint64_t first_interrupt(void)
{
    uint64_t first = UINT64_MAX;
    for (int id = 0; id < N_CPUS; id++) {
        if (state[id] == HALTS && kicked[id])
            return model_now;
        if (state[id] != CALLS)
            first = min(first, alarm_ns[id]);
    }
    return first;
}

/* Time passes, and every processor that can takes the interrupts that come. */
static void pass(uint64_t ns)
{
    uint64_t end = model_now + ns;
    for (uint64_t at; (at = first_interrupt()) <= end;) {
        model_now = max(at, model_now);
        take_interrupts();
    }
    model_now = end;
}

/* ---- Timers ---- */

static void set_again(struct timer *timer)
{
    size_t i = (size_t)(timer - all);
    due_ns[i] = model_now + 1 + next_random(1000);
    timer_set(timer, due_ns[i]);
}

static void fired(struct timer *timer)
{
    size_t i = (size_t)(timer - all);
    n_fired++;
    n_late += any_halts() && model_now > max(due_ns[i], halts_since_ns);
    n_late += model_now < due_ns[i];
    due_ns[i] = UINT64_MAX;
    if (next_random(4) == 0)
        set_again(timer);
}

/* A thread sleeps until then; another one runs, or none. */
static void set_for_sleep(struct timer *timer)
{
    size_t i = (size_t)(timer - all);
    due_ns[i] = model_now + 1 + next_random(1000);
    timer_set_for_sleep(timer, due_ns[i]);
    if (next_random(2))
        halt();
    else if (this_queue()->cover_due)
        timers_cover();
}

static void cancel(struct timer *timer)
{
    due_ns[timer - all] = UINT64_MAX;
    timer_cancel(timer);
}

/* ---- Steps ---- */

static void step_running(struct timer *timer)
{
    switch (next_random(5)) {
    case 0: set_again(timer); break;
    case 1: set_for_sleep(timer); break;
    case 2: cancel(timer); break;
    case 3: halt(); break;
    default: state[model_cpu->id] = CALLS; break;
    }
}

static void step(void)
{
    uint32_t id = next_random(N_CPUS);
    model_cpu = &model_cpus[id];
    if (state[id] == RUNS) {
        step_running(&all[next_random(N_TIMERS)]);
    } else if (state[id] == HALTS) { /* finds a thread to run, which begins a call or does not */
        this_queue()->idling = false;
        state[id] = RUNS;
        timers_cover();
        model_cpu->thread = &threads[id];
    } else if (next_random(3) == 0) {
        tick(); /* as cond_resched does */
    } else if (next_random(3) == 0) {
        set_again(&all[next_random(N_TIMERS)]);
    } else {
        state[id] = RUNS;
    }
}

static bool invariant_holds(void)
{
    uint64_t first = UINT64_MAX, watched = UINT64_MAX;
    for (int i = 0; i < N_TIMERS; i++)
        first = min(first, due_ns[i]);
    for (int id = 0; id < N_CPUS; id++)
        if (state[id] == HALTS)
            watched = min(watched, alarm_ns[id]);
    return watched <= first || !any_halts();
}

int main(void)
{
    int broken = 0;
    for (uint32_t id = 0; id < N_CPUS; id++) {
        model_cpus[id].id = id;
        model_cpus[id].thread = &threads[id];
        run_queues[id].idle = &idle_threads[id];
        run_queues[id].armed_ns = alarm_ns[id] = UINT64_MAX;
    }
    for (int i = 0; i < N_TIMERS; i++) {
        timer_init(&all[i], fired);
        due_ns[i] = UINT64_MAX;
    }
    for (int i = 0; i < N_STEPS; i++) {
        step();
        pass(0); /* kicks */
        broken += !invariant_holds();
        pass(next_random(300));
        broken += !invariant_holds();
    }
    ok(n_fired > N_STEPS / 20, "%d timers fired", n_fired);
    ok(broken == 0, "one that halts watches the first timer: not so after %d steps", broken);
    ok(n_late == 0, "none fires early, or late while one halts: %d did", n_late);
    return tap_done();
}
