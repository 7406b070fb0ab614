/* Reading and writing several buffers at once. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <abi/uio.h>

ssize_t readv(int fd, const struct iovec *buffers, int n);
ssize_t writev(int fd, const struct iovec *buffers, int n);
ssize_t preadv(int fd, const struct iovec *buffers, int n, off_t offset);
ssize_t pwritev(int fd, const struct iovec *buffers, int n, off_t offset);
ssize_t preadv2(int fd, const struct iovec *buffers, int n, off_t offset, int flags);
ssize_t pwritev2(int fd, const struct iovec *buffers, int n, off_t offset, int flags);
