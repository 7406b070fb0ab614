/* What fork does beside the call. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>

struct handlers;

/* Call the functions of pthread_atfork, if the program has any: before a fork the newest first, and
 * afterwards the oldest first, up to the one that was the last before it. */
__attribute__((weak)) struct handlers *atfork_before(void);
__attribute__((weak)) void atfork_after(struct handlers *last, bool child);

/* In a process with threads: takes the locks of the library, so that its data is whole in the
 * child; gives them back. In the child there is one thread from then on. */
__attribute__((weak)) void locks_before_fork(void);
__attribute__((weak)) void locks_after_fork(bool child);

/* For files in use by another thread, of which the child's copy cannot be whole. */
__attribute__((weak)) void stdio_before_fork(void);
__attribute__((weak)) void stdio_after_fork(bool child);
