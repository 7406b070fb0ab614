/* Waiting for one of several descriptors. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <abi/poll.h>
#include <abi/timespec.h>
#include <signal.h>

typedef unsigned long nfds_t;

int poll(struct pollfd fds[], nfds_t n, int milliseconds);
int ppoll(struct pollfd fds[], nfds_t n, const struct timespec *time, const sigset_t *mask);
