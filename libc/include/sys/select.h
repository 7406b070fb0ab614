/* Waiting for one of several descriptors, by the older functions. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <abi/poll.h>
#include <abi/timespec.h>
#include <abi/signal.h>

typedef struct {
    unsigned long bits[FD_SETSIZE / 64];
} fd_set;

#define FD_ZERO(set)      (*(set) = (fd_set){{0}})
#define FD_SET(fd, set)   ((void)((set)->bits[(fd) / 64] |= 1UL << (fd) % 64))
#define FD_CLR(fd, set)   ((void)((set)->bits[(fd) / 64] &= ~(1UL << (fd) % 64)))
#define FD_ISSET(fd, set) ((int)((set)->bits[(fd) / 64] >> (fd) % 64 & 1))

int select(int n, fd_set *restrict readable, fd_set *restrict writable,
           fd_set *restrict exceptional, struct timeval *restrict time);
int pselect(int n, fd_set *restrict readable, fd_set *restrict writable,
            fd_set *restrict exceptional, const struct timespec *restrict time,
            const kernel_sigset_t *restrict mask);
