/* Interval timers: of real time, of the program's time in user mode, of its processor time; and the
 * limit RLIMIT_CPU.
 *
 * Each is one of sched's timers, which knows only real time. But N threads use at most N seconds of
 * processor time in one second. So if an interval timer needs T more of processor time, it cannot
 * be due before T / N of real time has passed: sched's timer is set to then, and to a new time if
 * the interval timer is not due yet, at least 1 ms later. */
/* SPDX-License-Identifier: MIT */
#include "abi/time.h"
#include "annex.h"
#include "proc/private.h"

enum { NS_PER_US = 1000, US_PER_S = 1000000, LOOK_AGAIN_NS = 1000000, PAUSE_NS = 100000 };

struct setting {
    uint64_t left_ns, interval_ns;
};

/* The time that the timer counts, in nanoseconds. Lock: proc_lock held. */
static uint64_t time_of(struct process *process, int which)
{
    if (which == ITIMER_REAL)
        return clock_ns();
    struct usage usage = process_usage_locked(process);
    return which == ITIMER_VIRTUAL ? usage.user_ns : usage.user_ns + usage.system_ns;
}

/* The real time at which a timer that is due at `due_ns` of its own time must be checked. Lock:
 * proc_lock held. */
static uint64_t look_at(struct process *process, int which, uint64_t due_ns)
{
    uint64_t now = time_of(process, which);
    if (which == ITIMER_REAL)
        return due_ns;
    uint64_t left = due_ns > now ? due_ns - now : 0;
    return clock_ns() + max(left / max(process->n_threads, 1u), (uint64_t)LOOK_AGAIN_NS);
}

/* Called by sched's timer: sends the signal if the timer is due, and sets the next time. Takes
 * proc_lock. */
static void fire(struct process *process, int which)
{
    static const int signals[] = {SIGALRM, SIGVTALRM, SIGPROF};
    struct interval_timer *timer = &process->timers[which];
    spin_lock(&proc_lock);
    uint64_t now = time_of(process, which);
    if (timer->due_ns && timer->due_ns <= now) {
        signal_send_kernel_locked(process, signals[which]);
        /* Intervals that have passed already are left out, and there is a pause: an interval
         * shorter than its own interrupt would leave no time for anything else. */
        uint64_t next = timer->due_ns + timer->interval_ns;
        timer->due_ns = timer->interval_ns ? max(next, now + PAUSE_NS) : 0;
    }
    if (timer->due_ns)
        timer_set(&timer->timer, look_at(process, which, timer->due_ns));
    spin_unlock(&proc_lock);
}

static void fire_real(struct timer *timer)
{
    fire(container_of(timer, struct process, timers[ITIMER_REAL].timer), ITIMER_REAL);
}

static void fire_virtual(struct timer *timer)
{
    fire(container_of(timer, struct process, timers[ITIMER_VIRTUAL].timer), ITIMER_VIRTUAL);
}

static void fire_prof(struct timer *timer)
{
    fire(container_of(timer, struct process, timers[ITIMER_PROF].timer), ITIMER_PROF);
}

/* RLIMIT_CPU: SIGKILL above the hard limit, SIGXCPU above the soft one, and again each second, for
 * which the soft limit is increased, as on Linux. Takes proc_lock. */
static void fire_cpu_limit(struct timer *fired)
{
    struct process *process = container_of(fired, struct process, timers[TIMER_CPU_LIMIT].timer);
    struct interval_timer *timer = &process->timers[TIMER_CPU_LIMIT];
    int signal = 0;
    spin_lock(&proc_lock);
    uint64_t used_s = time_of(process, TIMER_CPU_LIMIT) / NS_PER_SECOND;
    spin_lock(&process->signal_lock);
    struct rlimit *limit = &process->limits[RLIMIT_CPU];
    if (used_s >= limit->rlim_max)
        signal = SIGKILL;
    else if (used_s >= limit->rlim_cur)
        signal = SIGXCPU;
    limit->rlim_cur += signal == SIGXCPU;
    uint64_t next_s = limit->rlim_cur;
    spin_unlock(&process->signal_lock);
    if (signal)
        signal_send_kernel_locked(process, signal);
    if (signal == SIGKILL)
        timer->due_ns = 0;
    if (timer->due_ns) {
        timer->due_ns = min(next_s, UINT64_MAX / 4 / NS_PER_SECOND) * NS_PER_SECOND;
        timer_set(&timer->timer, look_at(process, TIMER_CPU_LIMIT, timer->due_ns));
    }
    spin_unlock(&proc_lock);
}

static void timers_init(struct process *process)
{
    timer_init(&process->timers[TIMER_CPU_LIMIT].timer, fire_cpu_limit);
    timer_init(&process->timers[ITIMER_REAL].timer, fire_real);
    timer_init(&process->timers[ITIMER_VIRTUAL].timer, fire_virtual);
    timer_init(&process->timers[ITIMER_PROF].timer, fire_prof);
}

static void timers_stop(struct process *process)
{
    for (int i = 0; process->timers_used && i < N_INTERVAL_TIMERS; i++)
        timer_cancel(&process->timers[i].timer);
}

static struct setting look_locked(struct process *process, int which)
{
    const struct interval_timer *timer = &process->timers[which];
    uint64_t now = timer->due_ns ? time_of(process, which) : 0;
    return (struct setting){
        .left_ns = !timer->due_ns        ? 0
                   : timer->due_ns > now ? timer->due_ns - now
                                         : 1,
        .interval_ns = timer->interval_ns,
    };
}

/* One thread at a time: two that set a timer of sched at once would insert it into the tree
 * twice. */
static struct spinlock setting_lock = SPINLOCK("interval timers", RANK_ITIMER);

/* Sets a timer; the result is its former setting. Takes proc_lock, but sets sched's timer without
 * it, because that may be firing now and wait for the lock. */
static struct setting change(struct process *process, int which, struct setting wanted)
{
    struct interval_timer *timer = &process->timers[which];
    spin_lock(&setting_lock);
    timer_cancel(&timer->timer);
    spin_lock(&proc_lock);
    struct setting was = look_locked(process, which);
    timer->due_ns = wanted.left_ns ? time_of(process, which) + wanted.left_ns : 0;
    timer->interval_ns = wanted.left_ns ? wanted.interval_ns : 0;
    uint64_t deadline = timer->due_ns ? look_at(process, which, timer->due_ns) : 0;
    process->timers_used = true;
    spin_unlock(&proc_lock);
    if (deadline)
        timer_set(&timer->timer, deadline);
    spin_unlock(&setting_lock);
    return was;
}

static void timer_watch_cpu(struct process *process)
{
    uint64_t soft = process->limits[RLIMIT_CPU].rlim_cur;
    if (soft == RLIM_INFINITY) {
        if (process->timers[TIMER_CPU_LIMIT].due_ns)
            change(process, TIMER_CPU_LIMIT, (struct setting){0});
        return;
    }
    spin_lock(&proc_lock);
    uint64_t used = time_of(process, TIMER_CPU_LIMIT);
    spin_unlock(&proc_lock);
    uint64_t due = min(soft, UINT64_MAX / 4 / NS_PER_SECOND) * NS_PER_SECOND;
    change(process, TIMER_CPU_LIMIT, (struct setting){.left_ns = due > used ? due - used : 1});
}

/* ---- Calls ---- */

static struct timeval to_timeval(uint64_t ns)
{
    return (struct timeval){ns / NS_PER_SECOND, ns % NS_PER_SECOND / NS_PER_US};
}

static bool from_timeval(const struct timeval *time, uint64_t *ns)
{
    if (time->tv_usec < 0 || time->tv_usec >= US_PER_S ||
        !time_to_ns(time->tv_sec, time->tv_usec * NS_PER_US, ns))
        return false;
    *ns = min(*ns, UINT64_MAX / 4);
    return true;
}

static long tell(uaddr_t at, struct setting setting)
{
    struct itimerval told = {to_timeval(setting.interval_ns), to_timeval(setting.left_ns)};
    return user_copy_out(at, &told, sizeof(told));
}

long sys_getitimer(struct thread *self, int which, uaddr_t value)
{
    if (which < ITIMER_REAL || which > ITIMER_PROF)
        return -EINVAL;
    spin_lock(&proc_lock);
    struct setting now = look_locked(self->process, which);
    spin_unlock(&proc_lock);
    return tell(value, now);
}

long sys_setitimer(struct thread *self, int which, uaddr_t value, uaddr_t old)
{
    struct itimerval given = {0};
    struct setting wanted;
    if (!uaddr_is_null(value) && user_copy_in(&given, value, sizeof(given)))
        return -EFAULT;
    if (which < ITIMER_REAL || which > ITIMER_PROF ||
        !from_timeval(&given.it_value, &wanted.left_ns) ||
        !from_timeval(&given.it_interval, &wanted.interval_ns))
        return -EINVAL;
    struct setting was = change(self->process, which, wanted);
    return uaddr_is_null(old) ? 0 : tell(old, was);
}

/* The result is in whole seconds; 0 means that no alarm was set. */
long sys_alarm(struct thread *self, unsigned int seconds)
{
    struct setting was =
        change(self->process, ITIMER_REAL, (struct setting){.left_ns = seconds * NS_PER_SECOND});
    uint64_t left = (was.left_ns + NS_PER_SECOND / 2) / NS_PER_SECOND;
    return was.left_ns && !left ? 1 : left;
}

static void timers_start(struct fs_context *fs, const char *command_line)
{
    (void)fs, (void)command_line;
    annex_hooks.timers_init = timers_init;
    annex_hooks.timers_stop = timers_stop;
    annex_hooks.cpu_limit_set = timer_watch_cpu;
    annex_hooks.enforces_cpu_limit = true;
}

ANNEX(times, ANNEX_START, timers_start);
