/* reboot: restarts the machine, by reboot(2). */
/* SPDX-License-Identifier: MIT */
#include <os.h>
#include <sys/reboot.h>

int main(void)
{
    os.sync();
    reboot(RB_AUTOBOOT);
    return os.perror("reboot"), 1;
}
