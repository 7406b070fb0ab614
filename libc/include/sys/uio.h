/* Reading and writing several buffers at once. */
#pragma once

#include <abi/uio.h>

ssize_t readv(int fd, const struct iovec *buffers, int n);
ssize_t writev(int fd, const struct iovec *buffers, int n);
