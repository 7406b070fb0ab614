/* What poll and select wait for. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <abi/types.h>

struct pollfd {
    int fd;
    short events;
    short revents;
};

_Static_assert(sizeof(struct pollfd) == 8, "struct pollfd");

#define POLLIN     0x0001
#define POLLPRI    0x0002
#define POLLOUT    0x0004
#define POLLERR    0x0008
#define POLLHUP    0x0010
#define POLLNVAL   0x0020
#define POLLRDNORM 0x0040
#define POLLRDBAND 0x0080
#define POLLWRNORM 0x0100
#define POLLWRBAND 0x0200
#define POLLMSG    0x0400
#define POLLRDHUP  0x2000

#define FD_SETSIZE 1024

/* The sixth argument of pselect6 points to this pair. */
struct pselect6_mask {
    uint64_t mask; /* the address of a kernel_sigset_t, or 0 */
    uint64_t size;
};

_Static_assert(sizeof(struct pselect6_mask) == 16, "struct pselect6_mask");
