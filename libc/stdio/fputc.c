/* Writing a byte. */
/* SPDX-License-Identifier: MIT */
#include "file.h"

int file_put_byte(FILE *file, unsigned char byte)
{
    if (file->writing && file->mode == _IOFBF && file->at + 1 < file->limit) {
        *file->at++ = byte;
        return byte;
    }
    return file_put(file, &byte, 1) == 1 ? byte : EOF;
}

int fputc(int c, FILE *file)
{
    if (!libc_threaded)
        return file_put_byte(file, (unsigned char)c);
    flockfile(file);
    int put = file_put_byte(file, (unsigned char)c);
    funlockfile(file);
    return put;
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
    return file_put_byte(file, (unsigned char)c);
}

int putchar_unlocked(int c)
{
    return file_put_byte(stdout, (unsigned char)c);
}
