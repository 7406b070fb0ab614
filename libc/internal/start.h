/* What the start of the program leaves for the rest of libc. */
#pragma once

#include <abi/auxvec.h>

extern unsigned long *libc_auxv; /* pairs of kind and value, up to AT_NULL */
extern char **environ;

/* Called by exit, if stdio or atexit are in the program at all. */
void stdio_exit(void);
void atexit_run(void);

long clone_run(int (*function)(void *), void *stack_top, unsigned long flags, void *arg,
               int *parent_tid, void *tls, int *child_tid);
