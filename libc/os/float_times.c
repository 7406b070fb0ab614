/* os.times and os.getloadavg: numbers with a fraction. */
/* SPDX-License-Identifier: MIT */
#include <sys/times.h>
#include "os_internal.h"

struct os_times_result os_times(void)
{
    const double tick = USER_HZ;
    struct tms tms;
    long elapsed = sys_times(&tms);

    return (struct os_times_result){
        .user = (double)tms.tms_utime / tick,
        .system = (double)tms.tms_stime / tick,
        .children_user = (double)tms.tms_cutime / tick,
        .children_system = (double)tms.tms_cstime / tick,
        .elapsed = (double)elapsed / tick,
    };
}

struct os_loadavg os_getloadavg(void)
{
    double loads[3] = {-1, 0, 0};

    getloadavg(loads, 3);
    return (struct os_loadavg){loads[0], loads[1], loads[2]};
}
