/* setvbuf and its family: how a FILE is buffered. */
/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include "file.h"

static int set(FILE *restrict file, char *restrict buf, int mode, size_t size)
{
    if (mode < _IOFBF || mode > _IONBF || file_flush(file) < 0)
        return -1;
    file_drop(file);
    if (file->buf_is_ours)
        free(file->buf - UNGET);
    file->mode = (unsigned char)mode;
    file->buf = file->at = file->limit = NULL;
    file->size = mode == _IONBF ? 0 : size;
    file->writing = file->buf_is_ours = false;
    if (buf && size > UNGET && mode != _IONBF) {
        file->buf = file->at = file->limit = (unsigned char *)buf + UNGET;
        file->size = size - UNGET;
    }
    return 0;
}

int setvbuf(FILE *restrict file, char *restrict buf, int mode, size_t size)
{
    file_take(file);
    int result = set(file, buf, mode, size);
    file_give(file);
    return result;
}

void setbuf(FILE *restrict file, char *restrict buf)
{
    setvbuf(file, buf, buf ? _IOFBF : _IONBF, BUFSIZ);
}

void setlinebuf(FILE *file)
{
    setvbuf(file, NULL, _IOLBF, 0);
}
