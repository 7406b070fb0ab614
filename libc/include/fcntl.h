/* Opening files, and operations on descriptors. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <abi/fcntl.h>
#include <abi/stat.h>

int open(const char *path, int flags, ...);
int openat(int fd, const char *path, int flags, ...);
int creat(const char *path, mode_t mode);
int fcntl(int fd, int command, ...);
int posix_fadvise(int fd, off_t offset, off_t size, int advice);
int fallocate(int fd, int mode, off_t offset, off_t size);
int posix_fallocate(int fd, off_t offset, off_t size);
int renameat2(int from_fd, const char *from, int to_fd, const char *to, unsigned int flags);
