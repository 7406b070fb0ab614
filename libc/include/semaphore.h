/* Semaphores: counters that threads, or processes, wait for. Functions return 0, or -1 and errno.
 */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <fcntl.h>
#include <time.h>

#define SEM_VALUE_MAX 0x7fffffff
#define SEM_FAILED    ((sem_t *)0)

/* In one 64-bit word: the counter in the lower half, in the upper one how many wait. */
typedef struct {
    unsigned long __state;
    int __shared;
    int __unused[5];
} sem_t;

int sem_init(sem_t *sem, int shared, unsigned int value);
int sem_destroy(sem_t *sem);
int sem_wait(sem_t *sem);
int sem_trywait(sem_t *sem);
int sem_timedwait(sem_t *restrict sem, const struct timespec *restrict limit);
int sem_clockwait(sem_t *restrict sem, clockid_t clock, const struct timespec *restrict limit);
int sem_post(sem_t *sem);
int sem_getvalue(sem_t *restrict sem, int *restrict value);

/* With a name: a file of /dev/shm. With O_CREAT a mode_t and the unsigned first value follow. */
sem_t *sem_open(const char *name, int flags, ...);
int sem_close(sem_t *sem);
int sem_unlink(const char *name);
