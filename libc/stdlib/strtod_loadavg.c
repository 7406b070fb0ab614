/* getloadavg: how many threads wanted to run, over 1, 5 and 15 minutes. */
/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <sys/sysinfo.h>
#include "syscall.h"

int getloadavg(double loads[], int n)
{
    struct sysinfo info;

    if (n < 0)
        return -1;
    if (syscall_ret(sys_sysinfo(&info)) < 0)
        return -1;
    n = n > 3 ? 3 : n;
    for (int i = 0; i < n; i++)
        loads[i] = (double)info.loads[i] / (1 << SI_LOAD_SHIFT);
    return n;
}
