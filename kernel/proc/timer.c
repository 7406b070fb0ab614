/* Alarms: the interval timer of real time. Those of processor time are not there (ENOSYS). */
#include "abi/time.h"
#include "private.h"

enum { NS_PER_US = 1000, US_PER_S = 1000000 };
#define NS_PER_S 1000000000ull

struct alarm_setting {
    uint64_t left_ns, interval_ns;
};

/* Stops the alarm and says what was left of it.
 * Nothing can fail.
 * Takes proc_lock after the timer's. */
static struct alarm_setting alarm_stop(struct process *process)
{
    timer_cancel(&process->alarm);
    spin_lock(&proc_lock);
    uint64_t now = clock_ns(), deadline = process->alarm_deadline_ns;
    struct alarm_setting was = {
        .left_ns = !deadline        ? 0
                   : deadline > now ? deadline - now
                                    : 1,
        .interval_ns = process->alarm_interval_ns,
    };
    process->alarm_deadline_ns = process->alarm_interval_ns = 0;
    spin_unlock(&proc_lock);
    return was;
}

static void alarm_start(struct process *process, struct alarm_setting setting)
{
    if (!setting.left_ns)
        return;
    spin_lock(&proc_lock);
    process->alarm_deadline_ns = clock_ns() + setting.left_ns;
    process->alarm_interval_ns = setting.interval_ns;
    timer_set(&process->alarm, process->alarm_deadline_ns);
    spin_unlock(&proc_lock);
}

/* In the timer interrupt: SIGALRM, and on to the next time.
 * Nothing can fail.
 * Takes proc_lock. */
void alarm_fire(struct timer *timer)
{
    struct process *process = container_of(timer, struct process, alarm);
    spin_lock(&proc_lock);
    signal_send_kernel_locked(process, SIGALRM);
    if (process->alarm_interval_ns) {
        process->alarm_deadline_ns += process->alarm_interval_ns;
        process->alarm_deadline_ns = max(process->alarm_deadline_ns, clock_ns());
        timer_set(timer, process->alarm_deadline_ns);
    } else {
        process->alarm_deadline_ns = 0;
    }
    spin_unlock(&proc_lock);
}

void timers_stop(struct process *process)
{
    timer_cancel(&process->alarm);
}

/* ---- Calls ---- */

static struct timeval to_timeval(uint64_t ns)
{
    return (struct timeval){ns / NS_PER_S, ns % NS_PER_S / NS_PER_US};
}

static bool from_timeval(const struct timeval *time, uint64_t *ns)
{
    if (time->tv_sec < 0 || time->tv_usec < 0 || time->tv_usec >= US_PER_S)
        return false;
    *ns = min((uint64_t)time->tv_sec, UINT64_MAX / 4 / NS_PER_S) * NS_PER_S +
          time->tv_usec * NS_PER_US;
    return true;
}

static int check_which(int which)
{
    return which == ITIMER_REAL                              ? 0
           : which == ITIMER_VIRTUAL || which == ITIMER_PROF ? -ENOSYS
                                                             : -EINVAL;
}

long sys_getitimer(struct thread *self, int which, uaddr_t value)
{
    struct process *process = self->process;
    int error = check_which(which);
    if (error)
        return error;
    spin_lock(&proc_lock);
    uint64_t now = clock_ns(), deadline = process->alarm_deadline_ns;
    struct itimerval told = {
        .it_interval = to_timeval(process->alarm_interval_ns),
        .it_value = to_timeval(deadline > now ? deadline - now : 0),
    };
    spin_unlock(&proc_lock);
    return user_copy_out(value, &told, sizeof(told));
}

long sys_setitimer(struct thread *self, int which, uaddr_t value, uaddr_t old)
{
    struct itimerval given = {0};
    struct alarm_setting setting;
    int error = check_which(which);
    if (error)
        return error;
    if (!uaddr_is_null(value) && user_copy_in(&given, value, sizeof(given)))
        return -EFAULT;
    if (!from_timeval(&given.it_value, &setting.left_ns) ||
        !from_timeval(&given.it_interval, &setting.interval_ns))
        return -EINVAL;
    struct alarm_setting was = alarm_stop(self->process);
    alarm_start(self->process, setting);
    struct itimerval told = {to_timeval(was.interval_ns), to_timeval(was.left_ns)};
    return uaddr_is_null(old) ? 0 : user_copy_out(old, &told, sizeof(told));
}

long sys_alarm(struct thread *self, unsigned int seconds)
{
    struct alarm_setting was = alarm_stop(self->process);
    alarm_start(self->process, (struct alarm_setting){.left_ns = seconds * NS_PER_S});
    uint64_t left = (was.left_ns + NS_PER_S / 2) / NS_PER_S;
    return was.left_ns && !left ? 1 : left;
}
