/* os.wait and its family. */
/* SPDX-License-Identifier: MIT */
#include "os_internal.h"

struct os_wait3_result os_wait4(pid_t pid, int options)
{
    struct os_wait3_result result = {0};

    result.pid = (pid_t)syscall_ret(RETRY(sys_wait4(pid, &result.status, options, &result.rusage)));
    return result;
}

struct os_wait3_result os_wait3(int options)
{
    return os_wait4(-1, options);
}

struct os_wait_result os_waitpid(pid_t pid, int options)
{
    struct os_wait_result result = {0};

    result.pid = (pid_t)syscall_ret(RETRY(sys_wait4(pid, &result.status, options, NULL)));
    return result;
}

struct os_wait_result os_wait(void)
{
    return os_waitpid(-1, 0);
}

siginfo_t os_waitid(int idtype, id_t id, int options)
{
    siginfo_t info = {0};

    if (syscall_ret(RETRY(sys_waitid(idtype, (pid_t)id, &info, options, NULL))) < 0)
        info.si_pid = -1;
    return info;
}
