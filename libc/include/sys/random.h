/* Random bytes. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <abi/fcntl.h>

ssize_t getrandom(void *buf, size_t size, unsigned int flags);
int getentropy(void *buf, size_t size);
