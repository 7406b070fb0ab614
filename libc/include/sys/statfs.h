/* What is known about a mounted file system, as Linux tells it. */
#pragma once

#include <abi/statfs.h>

int statfs(const char *path, struct statfs *fs);
int fstatfs(int fd, struct statfs *fs);
