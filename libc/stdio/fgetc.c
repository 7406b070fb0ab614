/* Reading a byte, and putting one back. */
/* SPDX-License-Identifier: MIT */
#include "file.h"

int file_get(FILE *file)
{
    if (!file->writing && file->at < file->limit)
        return *file->at++;
    if (file_reads(file) < 0)
        return EOF;
    if (file->at == file->limit && file_fill(file) == 0)
        return EOF;
    return *file->at++;
}

int fgetc(FILE *file)
{
    if (!libc_threaded)
        return file_get(file);
    flockfile(file);
    int c = file_get(file);
    funlockfile(file);
    return c;
}

int getc(FILE *file)
{
    return fgetc(file);
}

int getchar(void)
{
    return fgetc(stdin);
}

int getc_unlocked(FILE *file)
{
    return file_get(file);
}

int getchar_unlocked(void)
{
    return file_get(stdin);
}

static int put_back(int c, FILE *file)
{
    if (c == EOF || file_reads(file) < 0 || file->at == file->buf - UNGET)
        return EOF;
    file->at--;
    if (*file->at != (unsigned char)c)
        *file->at = (unsigned char)c; /* sscanf's text may be read-only, so write only changes */
    file->end = false;
    return (unsigned char)c;
}

int ungetc(int c, FILE *file)
{
    file_take(file);
    int put = put_back(c, file);
    file_give(file);
    return put;
}
