/* uname: prints the system's names, by os.uname(). */
/* SPDX-License-Identifier: MIT */
#include <os.h>
#include <stdio.h>

int main(void)
{
    struct os_uname_result name = os.uname();
    printf("%s %s %s %s %s\n", name.sysname, name.nodename, name.release, name.version,
           name.machine);
    return 0;
}
