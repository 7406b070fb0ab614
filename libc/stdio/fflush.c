/* fflush: writes out what waits in the buffer of one file or of all. */
/* SPDX-License-Identifier: MIT */
#include "file.h"

int fflush(FILE *file)
{
    if (file) {
        file_drop(file);
        return file_flush(file);
    }
    int result = file_flush(stdout);
    for (file = stdio_files; file; file = file->next)
        result |= file_flush(file);
    return result;
}

int fflush_unlocked(FILE *file)
{
    return fflush(file);
}
