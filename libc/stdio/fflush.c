/* fflush: writes out what waits in the buffer of one file or of all. */
/* SPDX-License-Identifier: MIT */
#include "file.h"

int fflush_unlocked(FILE *file)
{
    if (!file)
        return fflush(NULL);
    file_drop(file);
    return file_flush(file);
}

static int flush(FILE *file)
{
    file_take(file);
    int result = fflush_unlocked(file);
    file_give(file);
    return result;
}

/* A file that is read is left alone: another thread may wait for its input. */
static int flush_all(void)
{
    int result = 0;

    lock_take(&stdio_lock);
    for (FILE *file = stdout; file; file = file == stdout ? stdio_files : file->next)
        if (file->writing)
            result |= flush(file);
    lock_give(&stdio_lock);
    return result;
}

int fflush(FILE *file)
{
    return file ? flush(file) : flush_all();
}
