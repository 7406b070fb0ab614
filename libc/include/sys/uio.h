/* Reading and writing several buffers at once. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <abi/uio.h>

ssize_t readv(int fd, const struct iovec *buffers, int n);
ssize_t writev(int fd, const struct iovec *buffers, int n);
ssize_t preadv(int fd, const struct iovec *buffers, int n, off_t offset);
ssize_t pwritev(int fd, const struct iovec *buffers, int n, off_t offset);
ssize_t process_vm_readv(pid_t pid, const struct iovec *local, unsigned long n_local,
                         const struct iovec *remote, unsigned long n_remote, unsigned long flags);
ssize_t process_vm_writev(pid_t pid, const struct iovec *local, unsigned long n_local,
                          const struct iovec *remote, unsigned long n_remote, unsigned long flags);
ssize_t preadv2(int fd, const struct iovec *buffers, int n, off_t offset, int flags);
ssize_t pwritev2(int fd, const struct iovec *buffers, int n, off_t offset, int flags);
