/* Writing a byte. */
/* SPDX-License-Identifier: MIT */
#include "file.h"

int fputc(int c, FILE *file)
{
    unsigned char byte = (unsigned char)c;

    if (file->writing && file->mode == _IOFBF && file->at + 1 < file->limit) {
        *file->at++ = byte;
        return byte;
    }
    return file_put(file, &byte, 1) == 1 ? byte : EOF;
}

int putc(int c, FILE *file)
{
    return fputc(c, file);
}

int putchar(int c)
{
    return fputc(c, stdout);
}

int putc_unlocked(int c, FILE *file)
{
    return fputc(c, file);
}

int putchar_unlocked(int c)
{
    return fputc(c, stdout);
}
