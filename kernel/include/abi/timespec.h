/* The two structures that hold a time; guarded by the macros that the host's libc uses for the
 * same pair, so that a test built for the host may include both. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <abi/types.h>

#ifndef _STRUCT_TIMESPEC
#define _STRUCT_TIMESPEC 1
struct timespec {
    time_t tv_sec;
    long tv_nsec;
};
#endif

#ifndef __timeval_defined
#define __timeval_defined 1
struct timeval {
    time_t tv_sec;
    suseconds_t tv_usec;
};
#endif

_Static_assert(sizeof(struct timespec) == 16, "struct timespec");
_Static_assert(sizeof(struct timeval) == 16, "struct timeval");
