/* Times in microseconds, and interval timers. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <abi/time.h>
#include <sys/select.h>

#define timerisset(t) ((t)->tv_sec || (t)->tv_usec)
#define timerclear(t) ((t)->tv_sec = (t)->tv_usec = 0)
#define timercmp(a, b, op) \
    ((a)->tv_sec == (b)->tv_sec ? (a)->tv_usec op(b)->tv_usec : (a)->tv_sec op(b)->tv_sec)
#define timeradd(a, b, sum)                                              \
    ((void)((sum)->tv_sec = (a)->tv_sec + (b)->tv_sec,                   \
            ((sum)->tv_usec = (a)->tv_usec + (b)->tv_usec) >= 1000000 && \
                ((sum)->tv_usec -= 1000000, (sum)->tv_sec++)))
#define timersub(a, b, rest)                                       \
    ((void)((rest)->tv_sec = (a)->tv_sec - (b)->tv_sec,            \
            ((rest)->tv_usec = (a)->tv_usec - (b)->tv_usec) < 0 && \
                ((rest)->tv_usec += 1000000, (rest)->tv_sec--)))

int gettimeofday(struct timeval *restrict now, void *restrict zone);
int getitimer(int which, struct itimerval *value);
int setitimer(int which, const struct itimerval *restrict value, struct itimerval *restrict old);
int utimes(const char *path, const struct timeval times[2]);
int lutimes(const char *path, const struct timeval times[2]);
int futimes(int fd, const struct timeval times[2]);
