/* posix_fallocate: reserves room in a file; the error is the result, errno stays. */
#include <fcntl.h>
#include "syscall.h"

int posix_fallocate(int fd, off_t offset, off_t size)
{
    return (int)-sys_fallocate(fd, 0, offset, size);
}
