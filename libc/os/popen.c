/* os.popen: the pipe is close-on-exec. */
/* SPDX-License-Identifier: MIT */
#include <string.h>
#include "os_internal.h"

FILE *os_popen(const char *cmd, const char *mode)
{
    if (!mode || strcmp(mode, "r") == 0)
        return popen(cmd, "re");
    return strcmp(mode, "w") == 0 ? popen(cmd, "we") : fail_null(EINVAL);
}
