/* os.pipe, os.pipe2. */
/* SPDX-License-Identifier: MIT */
#include "os_internal.h"

struct os_pipe_result os_pipe2(int flags)
{
    int fds[2] = {-1, -1};

    syscall_ret(sys_pipe2(fds, flags));
    return (struct os_pipe_result){fds[0], fds[1]};
}

struct os_pipe_result os_pipe(void)
{
    return os_pipe2(O_CLOEXEC);
}
