/* Scheduling, and clone in its raw form. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stddef.h>
#include <abi/sched.h>
#include <abi/timespec.h>

#define CPU_SETSIZE 1024

typedef struct {
    unsigned long bits[CPU_SETSIZE / 64];
} cpu_set_t;

#define CPU_ZERO(set)       (*(set) = (cpu_set_t){{0}})
#define CPU_SET(cpu, set)   ((void)((set)->bits[(cpu) / 64] |= 1UL << (cpu) % 64))
#define CPU_CLR(cpu, set)   ((void)((set)->bits[(cpu) / 64] &= ~(1UL << (cpu) % 64)))
#define CPU_ISSET(cpu, set) ((int)((set)->bits[(cpu) / 64] >> (cpu) % 64 & 1))
#define CPU_COUNT(set)      __cpu_count(sizeof(*(set)), set)

int __cpu_count(size_t size, const cpu_set_t *set);
int clone(int (*function)(void *), void *stack_top, int flags, void *arg, ...);
int unshare(int flags);
int sched_yield(void);
int sched_getaffinity(pid_t pid, size_t size, cpu_set_t *set);
