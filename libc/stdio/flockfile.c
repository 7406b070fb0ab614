/* The lock of a FILE, for programs that want several operations to be one. */
/* SPDX-License-Identifier: MIT */
#include "file.h"

void flockfile(FILE *file)
{
    recursive_take(&file->lock);
}

int ftrylockfile(FILE *file)
{
    return recursive_try(&file->lock) ? 0 : -1;
}

void funlockfile(FILE *file)
{
    recursive_give(&file->lock);
}
