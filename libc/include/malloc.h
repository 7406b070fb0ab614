/* Functions of the allocator that are not in stdlib.h. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdlib.h>

size_t malloc_usable_size(void *block);
void *memalign(size_t alignment, size_t size) __attribute__((malloc));
int malloc_trim(size_t keep);
