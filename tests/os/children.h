/* What the tests of processes share: children to wait for. */
/* SPDX-License-Identifier: MIT */
#pragma once
#include "check.h"
#include <os.h>

__attribute__((unused)) static pid_t child_that_exits(int code)
{
    pid_t pid = os.fork();
    if (pid == 0)
        os._exit(code);
    return pid;
}

__attribute__((unused)) static pid_t child_that_waits(void)
{
    pid_t pid = os.fork();
    if (pid == 0)
        for (;;)
            pause();
    return pid;
}
