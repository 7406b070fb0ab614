/* rt_sigtimedwait: takes a signal without a handler, and waits until there is one. */
/* SPDX-License-Identifier: MIT */
#include "proc/private.h"

/* Takes one of the wanted signals, and sleeps until there is one. The signal, -EAGAIN after the
 * deadline, -EINTR for another signal. Takes signal_lock. */
static long wait_for_one(struct thread *self, uint64_t wanted, uint64_t deadline_ns,
                         siginfo_t *info)
{
    struct process *process = self->process;
    for (bool slept = false, late = false;; slept = true) {
        spin_lock(&process->signal_lock);
        int signal = signal_take(self, wanted, info);
        bool again = !signal && !slept;
        self->signal_awaited = again ? wanted : 0;
        signal_recalculate(process, self);
        spin_unlock(&process->signal_lock);
        if (!again)
            return signal ? signal : late ? -EAGAIN : -EINTR;
        late = sleep_until(deadline_ns, WAIT_SIGNALS, "sigtimedwait") == 0;
    }
}

long sys_rt_sigtimedwait(struct thread *self, uaddr_t set, uaddr_t info, uaddr_t timeout,
                         size_t set_size)
{
    uint64_t wanted, deadline_ns;
    siginfo_t found;
    if (set_size != sizeof(kernel_sigset_t))
        return -EINVAL;
    if (user_copy_in(&wanted, set, sizeof(wanted)))
        return -EFAULT;
    int err = fetch_deadline(timeout, &deadline_ns);
    if (err)
        return err;
    long signal = wait_for_one(self, wanted & ~FIRM_SIGNALS, deadline_ns, &found);
    if (signal > 0 && !uaddr_is_null(info) && user_copy_out(info, &found, sizeof(found)))
        return -EFAULT;
    return signal;
}
