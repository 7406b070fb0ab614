/* Memory mappings. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <abi/mman.h>
#include <abi/fcntl.h>

#define MAP_FAILED ((void *)-1)
#define MAP_FILE   0

void *mmap(void *at, size_t size, int protection, int flags, int fd, off_t offset);
int munmap(void *at, size_t size);
int mprotect(void *at, size_t size, int protection);
void *mremap(void *at, size_t size, size_t new_size, int flags, ...);
int msync(void *at, size_t size, int flags);
int madvise(void *at, size_t size, int advice);
int mlock(const void *at, size_t size);
int mlock2(const void *at, size_t size, unsigned int flags);
int munlock(const void *at, size_t size);
int mlockall(int flags);
int munlockall(void);
int memfd_create(const char *name, unsigned int flags);
int shm_open(const char *name, int flags, mode_t mode); /* close-on-exec, as in glibc */
int shm_unlink(const char *name);
int posix_madvise(void *at, size_t size, int advice);
