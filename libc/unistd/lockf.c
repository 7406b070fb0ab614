/* lockf: locks a part of a file, from its position on. */
/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>
#include "syscall.h"

int lockf(int fd, int command, off_t size)
{
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_CUR, .l_len = size};
    int how = command == F_LOCK ? F_SETLKW : command == F_TEST ? F_GETLK : F_SETLK;

    if (command < F_ULOCK || command > F_TEST)
        return fail(EINVAL);
    if (command == F_ULOCK)
        lock.l_type = F_UNLCK;
    long result = sys_fcntl(fd, how, (unsigned long)&lock);
    if (result == 0 && command == F_TEST && lock.l_type != F_UNLCK)
        return fail(EACCES);
    return (int)syscall_ret(result);
}
