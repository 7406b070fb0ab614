/* os.waitstatus_to_exitcode. */
/* SPDX-License-Identifier: MIT */
#include <limits.h>
#include "os_internal.h"

int os_waitstatus_to_exitcode(int status)
{
    if (WIFEXITED(status))
        return WEXITSTATUS(status);
    if (WIFSIGNALED(status))
        return -WTERMSIG(status);
    fail(EINVAL);
    return INT_MIN;
}
