/* reboot: turns the machine off or restarts it. */
/* SPDX-License-Identifier: MIT */
#include <stddef.h>
#include <sys/reboot.h>
#include "syscall.h"

int reboot(int command)
{
    return (int)syscall_ret(
        sys_reboot((int)LINUX_REBOOT_MAGIC1, LINUX_REBOOT_MAGIC2, (unsigned)command, NULL));
}
