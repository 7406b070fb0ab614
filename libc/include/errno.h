/* The number of the last error, and the names of the numbers. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <abi/errno.h>

/* Each thread has an errno of its own. The address is the same for all of a thread's life. */
int *__errno_location(void) __attribute__((const));
#define errno (*__errno_location())

extern char *program_invocation_name;
extern char *program_invocation_short_name;
