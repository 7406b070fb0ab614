/* nanosleep: sleep for a length of time. */
/* SPDX-License-Identifier: MIT */
#include "abi/errno.h"
#include "abi/time.h"
#include "private.h"
#include "syscall_calls.h"

/* A sleep that a signal interrupts reports the rest. If no handler runs, the sleep is restarted
 * with its deadline, which was stored in the thread, so that it does not become longer. */
long sleep_for(struct thread *self, uint64_t ns, uaddr_t remaining)
{
    uint64_t deadline_ns = restarted_deadline(self, deadline_in(ns));
    if (sleep_until(deadline_ns, WAIT_SIGNALS, "sleep") == 0)
        return 0;
    if (!uaddr_is_null(remaining) && store_timespec(remaining, ns_left(deadline_ns)))
        return -EFAULT;
    return restart_with_deadline(self, deadline_ns);
}

long sys_nanosleep(struct thread *self, uaddr_t duration, uaddr_t remaining)
{
    uint64_t ns;
    int err = fetch_timespec(duration, &ns);
    return err ? err : sleep_for(self, ns, remaining);
}
