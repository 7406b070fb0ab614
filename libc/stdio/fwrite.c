/* Writing a block. */
/* SPDX-License-Identifier: MIT */
#include "file.h"

size_t fwrite_unlocked(const void *restrict block, size_t size, size_t n, FILE *restrict file)
{
    size_t bytes = size * n;

    if (bytes == 0)
        return 0;
    return file_put(file, block, bytes) / size;
}

size_t fwrite(const void *restrict block, size_t size, size_t n, FILE *restrict file)
{
    file_take(file);
    size_t done = fwrite_unlocked(block, size, n, file);
    file_give(file);
    return done;
}
