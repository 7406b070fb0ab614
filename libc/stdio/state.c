/* The state of a FILE: its flags and its descriptor. */
/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include "file.h"
#include "syscall.h"

int feof(FILE *file)
{
    return file->end;
}

int ferror(FILE *file)
{
    return file->error;
}

int feof_unlocked(FILE *file)
{
    return file->end;
}

int ferror_unlocked(FILE *file)
{
    return file->error;
}

void clearerr(FILE *file)
{
    file_take(file);
    file->error = file->end = false;
    file_give(file);
}

int fileno(FILE *file)
{
    return file->fd < 0 ? fail(EBADF) : file->fd;
}

int fileno_unlocked(FILE *file)
{
    return fileno(file);
}
