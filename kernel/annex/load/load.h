/* The load averages. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdint.h>

/* The load averages of 1, 5 and 15 minutes in units of 1/65536, the number of threads that run or
 * are ready, and of all threads. */
void sched_load(uint32_t load[3], uint32_t *n_running, uint32_t *n_threads);
