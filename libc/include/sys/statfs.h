/* Figures about a mounted file system, in Linux's form. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <abi/statfs.h>

int statfs(const char *path, struct statfs *fs);
int fstatfs(int fd, struct statfs *fs);
