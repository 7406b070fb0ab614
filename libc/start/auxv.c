/* getauxval: one entry of the auxiliary vector. */
/* SPDX-License-Identifier: MIT */
#include <sys/auxv.h>
#include "start.h"
#include "syscall.h"

unsigned long getauxval(unsigned long type)
{
    unsigned long *value = aux_find(type);

    if (value)
        return *value;
    syscall_ret(-ENOENT);
    return 0;
}
