/* What times(2) fills in, counted in ticks of 1/100 second. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <abi/types.h>

#define USER_HZ 100

struct tms {
    clock_t tms_utime;
    clock_t tms_stime;
    clock_t tms_cutime;
    clock_t tms_cstime;
};

_Static_assert(sizeof(struct tms) == 32, "struct tms");
