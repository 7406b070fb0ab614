/* halt: stops the machine for good, by reboot(2). */
/* SPDX-License-Identifier: MIT */
#include <os.h>
#include <sys/reboot.h>

int main(void)
{
    os.sync();
    reboot(RB_HALT_SYSTEM);
    return os.perror("halt"), 1;
}
