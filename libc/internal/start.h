/* What the start of the program stores for the rest of libc. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stddef.h>
#include <abi/auxvec.h>

extern unsigned long *libc_auxv; /* pairs of type and value, up to AT_NULL */
extern char **environ;

/* The place of a value in the auxiliary vector, or NULL. */
static inline unsigned long *aux_find(unsigned long type)
{
    for (unsigned long *entry = libc_auxv; entry[0] != AT_NULL; entry += 2)
        if (entry[0] == type)
            return entry + 1;
    return NULL;
}

/* Called by exit, if the program contains stdio or atexit. */
void stdio_exit(void);
void atexit_run(void);

/* Makes all other threads that call exit wait for ever; part of programs with threads. */
void exit_alone(void);

long clone_run(int (*function)(void *), void *stack_top, unsigned long flags, void *arg,
               int *parent_tid, void *tls, int *child_tid);
