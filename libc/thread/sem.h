/* A semaphore's word, as its files see it. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <semaphore.h>
#include <stdint.h>

#define SEM_COUNTER   0xffffffffUL /* the lower half */
#define SEM_ONE_WAITS (1UL << 32)

/* The lower half as a futex; x86-64 is little-endian. */
static inline unsigned *sem_counter(sem_t *sem)
{
    return (unsigned *)&sem->__state;
}
