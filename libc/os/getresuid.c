/* os.getresuid, os.getresgid. */
/* SPDX-License-Identifier: MIT */
#include "os_internal.h"

struct os_getresuid_result os_getresuid(void)
{
    struct os_getresuid_result r;

    sys_getresuid(&r.ruid, &r.euid, &r.suid);
    return r;
}

struct os_getresgid_result os_getresgid(void)
{
    struct os_getresgid_result r;

    sys_getresgid(&r.rgid, &r.egid, &r.sgid);
    return r;
}
