/* Reading a byte, and putting one back. */
/* SPDX-License-Identifier: MIT */
#include "file.h"

int fgetc(FILE *file)
{
    if (!file->writing && file->at < file->limit)
        return *file->at++;
    if (file_reads(file) < 0)
        return EOF;
    if (file->at == file->limit && file_fill(file) == 0)
        return EOF;
    return *file->at++;
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
    return fgetc(file);
}

int getchar_unlocked(void)
{
    return fgetc(stdin);
}

int ungetc(int c, FILE *file)
{
    if (c == EOF || file_reads(file) < 0 || file->at == file->buf - UNGET)
        return EOF;
    file->at--;
    if (*file->at != (unsigned char)c)
        *file->at = (unsigned char)c; /* sscanf's text may be read-only, so write only changes */
    file->end = false;
    return (unsigned char)c;
}
