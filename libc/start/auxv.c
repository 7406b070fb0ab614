/* getauxval: one entry of the auxiliary vector. */
/* SPDX-License-Identifier: MIT */
#include <sys/auxv.h>
#include "start.h"
#include "syscall.h"

unsigned long getauxval(unsigned long type)
{
    for (unsigned long *entry = libc_auxv; entry[0] != AT_NULL; entry += 2)
        if (entry[0] == type)
            return entry[1];
    syscall_ret(-ENOENT);
    return 0;
}
