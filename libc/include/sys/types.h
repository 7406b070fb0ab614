/* The types of POSIX. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <abi/types.h>

typedef off_t loff_t;
typedef unsigned char u_char;
typedef unsigned short u_short;
typedef unsigned int u_int;
typedef unsigned long u_long;
typedef uint8_t u_int8_t;
typedef uint16_t u_int16_t;
typedef uint32_t u_int32_t;
typedef uint64_t u_int64_t;

/* The objects of <pthread.h>, with the sizes that they have in other libraries for x86-64. */
typedef struct __pthread *pthread_t;
typedef unsigned int pthread_key_t;
typedef int pthread_once_t;
typedef volatile unsigned int pthread_spinlock_t;

typedef struct {
    size_t __stack_size, __guard_size;
    void *__stack; /* NULL: pthread_create makes one */
    int __detached;
    long __unused[3];
} pthread_attr_t;

typedef struct {
    int __kind;
} pthread_mutexattr_t;

typedef struct {
    int __clock;
    int __shared;
} pthread_condattr_t;

typedef struct {
    int __shared;
} pthread_rwlockattr_t;

typedef struct {
    int __shared;
} pthread_barrierattr_t;

typedef struct {
    unsigned int __word;  /* 0, or the owner's number and the bits of <abi/futex.h> */
    unsigned int __depth; /* recursive: how often the owner has locked it beside the first time */
    int __unused;
    int __broken; /* robust: an owner ended; pthread_mutex_consistent was not called */
    int __kind;
    int __unused2;
    void *__next, *__previous; /* robust: in the list of its owner */
} pthread_mutex_t;

typedef struct {
    unsigned int __round; /* changes with each signal */
    unsigned int __users; /* how many wait */
    int __clock;
    int __shared;
    long __unused[4];
} pthread_cond_t;

typedef struct {
    unsigned int __word; /* how many read, or that one writes; and whether a thread waits */
    int __writer;        /* its number */
    int __shared;
    int __unused[11];
} pthread_rwlock_t;

typedef struct {
    unsigned long __arrived; /* since pthread_barrier_init */
    unsigned int __count;
    unsigned int __round; /* how often __count threads have met */
    unsigned int __users; /* how many are in pthread_barrier_wait */
    int __shared;
    long __unused;
} pthread_barrier_t;
