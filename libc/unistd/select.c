/* select, pselect and ppoll. The kernel may overwrite the time, so it gets a copy. */
/* SPDX-License-Identifier: MIT */
#include <poll.h>
#include <sys/select.h>
#include "syscall.h"

int select(int n, fd_set *restrict readable, fd_set *restrict writable,
           fd_set *restrict exceptional, struct timeval *restrict time)
{
    return (int)syscall_ret(
        sys_select(n, (void *)readable, (void *)writable, (void *)exceptional, time));
}

int pselect(int n, fd_set *restrict readable, fd_set *restrict writable,
            fd_set *restrict exceptional, const struct timespec *restrict time,
            const kernel_sigset_t *restrict mask)
{
    struct pselect6_mask pair = {(uint64_t)mask, SIGSET_BYTES};
    struct timespec copy = time ? *time : (struct timespec){0, 0};

    return (int)syscall_ret(sys_pselect6(n, (void *)readable, (void *)writable, (void *)exceptional,
                                         time ? &copy : NULL, &pair));
}

int ppoll(struct pollfd fds[], nfds_t n, const struct timespec *time, const sigset_t *mask)
{
    struct timespec copy = time ? *time : (struct timespec){0, 0};

    return (int)syscall_ret(sys_ppoll(fds, (unsigned)n, time ? &copy : NULL, mask, SIGSET_BYTES));
}
