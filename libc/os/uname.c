/* os.uname. */
/* SPDX-License-Identifier: MIT */
#include <string.h>
#include <sys/utsname.h>
#include "os_internal.h"

struct os_uname_result os_uname(void)
{
    struct os_uname_result result = {0};
    struct utsname uts = {0};

    sys_uname(&uts);
    strcpy(result.sysname, uts.sysname);
    strcpy(result.nodename, uts.nodename);
    strcpy(result.release, uts.release);
    strcpy(result.version, uts.version);
    strcpy(result.machine, uts.machine);
    return result;
}
