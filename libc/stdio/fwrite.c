/* Writing a block. */
/* SPDX-License-Identifier: MIT */
#include "file.h"

size_t fwrite(const void *restrict block, size_t size, size_t n, FILE *restrict file)
{
    size_t bytes = size * n;

    if (bytes == 0)
        return 0;
    return file_put(file, block, bytes) / size;
}

size_t fwrite_unlocked(const void *restrict block, size_t size, size_t n, FILE *restrict file)
{
    return fwrite(block, size, n, file);
}
