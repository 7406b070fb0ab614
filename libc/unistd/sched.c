/* Which processors a thread may run on. */
/* SPDX-License-Identifier: MIT */
#include <sched.h>
#include "syscall.h"

int __cpu_count(size_t size, const cpu_set_t *set)
{
    int count = 0;

    for (size_t i = 0; i < size / sizeof(set->bits[0]); i++)
        for (unsigned long bits = set->bits[i]; bits; bits &= bits - 1)
            count++;
    return count;
}

int sched_getaffinity(pid_t pid, size_t size, cpu_set_t *set)
{
    long result = sys_sched_getaffinity(pid, size, set->bits);

    if (result < 0)
        return (int)syscall_ret(result);
    for (size_t i = (size_t)result; i < size; i++)
        ((char *)set)[i] = 0;
    return 0;
}
