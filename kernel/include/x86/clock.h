/* Time: the clock, and the timer of each processor. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdint.h>

static inline uint64_t cycle_count(void) /* TSC */
{
    uint32_t low, high;
    __asm__ volatile("rdtsc" : "=a"(low), "=d"(high));
    return (uint64_t)high << 32 | low;
}
extern uint64_t clock_first_cycle, clock_ns_per_cycle; /* constant; the latter in 2^-32 ns */
/* Nanoseconds since boot. It never runs backwards and is the same on all processors. */
static inline uint64_t clock_ns(void)
{
    uint64_t cycles = cycle_count() - clock_first_cycle;
    return (uint64_t)((unsigned __int128)cycles * clock_ns_per_cycle >> 32);
}
uint64_t clock_boot_realtime_ns(void); /* ns from 1970 to the moment when clock_ns() was 0 */
/* Asks for an IRQ_TIMER on this processor when clock_ns() reaches the deadline, and for no other.
 * UINT64_MAX disarms the timer. It may fire early: the handler looks at the clock. */
void timer_arm(uint64_t deadline_ns);
uint64_t clock_frequency(void); /* of the TSC, in Hz */
