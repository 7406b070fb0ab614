/* poweroff: turns the machine off, by reboot(2). */
/* SPDX-License-Identifier: MIT */
#include <os.h>
#include <sys/reboot.h>

int main(void)
{
    os.sync();
    reboot(RB_POWER_OFF);
    return os.perror("poweroff"), 1;
}
