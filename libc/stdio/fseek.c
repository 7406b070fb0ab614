/* The position of a FILE: where it reads or writes next. */
/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include "file.h"
#include "syscall.h"

static int seek(FILE *file, off_t offset, int whence)
{
    if (file_flush(file) < 0)
        return -1;
    if (!file->writing && whence == SEEK_CUR)
        offset -= file->limit - file->at;
    if (syscall_ret(file_raw_seek(file, offset, whence)) < 0)
        return -1;
    file->at = file->limit = file->buf;
    file->writing = file->end = false;
    return 0;
}

int fseeko(FILE *file, off_t offset, int whence)
{
    file_take(file);
    int result = seek(file, offset, whence);
    file_give(file);
    return result;
}

static off_t tell(FILE *file)
{
    int whence = file->append && file->writing && file->at > file->buf ? SEEK_END : SEEK_CUR;
    off_t at = syscall_ret(file_raw_seek(file, 0, whence));

    if (at < 0)
        return -1;
    return file->writing ? at + (file->at - file->buf) : at - (file->limit - file->at);
}

off_t ftello(FILE *file)
{
    file_take(file);
    off_t at = tell(file);
    file_give(file);
    return at;
}

int fseek(FILE *file, long offset, int whence)
{
    return fseeko(file, offset, whence);
}

long ftell(FILE *file)
{
    return ftello(file);
}

void rewind(FILE *file)
{
    file_take(file);
    seek(file, 0, SEEK_SET);
    file->error = false;
    file_give(file);
}

int fgetpos(FILE *restrict file, fpos_t *restrict at)
{
    *at = ftello(file);
    return *at < 0 ? -1 : 0;
}

int fsetpos(FILE *file, const fpos_t *at)
{
    return fseeko(file, *at, SEEK_SET);
}
