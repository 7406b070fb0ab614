/* Reports on the kernel in the log, for panics, time-outs and SysRq.
 *
 * Lock: the functions take none, as the code that was interrupted may hold any. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include "sched.h"

/* Logs a line for each process and thread: number, state, working directory, what it waits for, and
 * where. */
void proc_report(void);
/* Writes a thread's working directory to buf, without its start if it is too long. The result
 * points into buf. */
const char *thread_cwd_peek(const struct thread *thread, char *buf, size_t size);
/* Stores at most n return addresses of a thread that does not run, or of the caller, the innermost
 * first; the result is how many. */
size_t thread_backtrace(const struct thread *thread, uint64_t *addresses, size_t n);

/* The hook of an NMI: each processor says what it does, and the first what all processes do. */
void report_nmi(const struct trap_frame *frame);
