/* closefrom: closes all descriptors from one on. */
/* SPDX-License-Identifier: MIT */
#include <limits.h>
#include <unistd.h>
#include "syscall.h"

void closefrom(int first)
{
    sys_close_range(first < 0 ? 0 : (unsigned)first, UINT_MAX, 0);
}
