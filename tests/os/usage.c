/* os.times, and what os.wait4 tells of a child's processor time.
 * needs: times */
/* SPDX-License-Identifier: MIT */
#include "check.h"
#include <os.h>

static void check_usage(void)
{
    pid_t pid = os.fork();
    if (pid == 0) {
        struct os_times_result times;
        do
            times = os.times();
        while (times.user + times.system < 0.05);
        os._exit(3);
    }
    struct os_wait3_result result = os.wait4(pid, 0);
    CHECK_EQ(result.pid, pid);
    CHECK_EQ(os.waitstatus_to_exitcode(result.status), 3);
    long us = (result.rusage.ru_utime.tv_sec + result.rusage.ru_stime.tv_sec) * 1000000 +
              result.rusage.ru_utime.tv_usec + result.rusage.ru_stime.tv_usec;
    CHECK(us >= 30000 && us < 60000000);
    struct os_times_result times = os.times();
    CHECK(times.children_user + times.children_system >= 0.03);
    CHECK(times.elapsed > 0);
}

int main(void)
{
    check_usage();
    return check_done();
}
