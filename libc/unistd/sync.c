/* sync: writes everything back. */
/* SPDX-License-Identifier: MIT */
#include <unistd.h>
#include "syscall.h"

void sync(void)
{
    sys_sync();
}
