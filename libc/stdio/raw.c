/* read, write and seek on what a FILE is opened on: a descriptor or memory. */
/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include "file.h"
#include "syscall.h"

ssize_t file_raw_read(FILE *file, void *block, size_t size)
{
    if (!file->memory)
        return sys_read(file->fd, block, size);
    return file->memory->read ? file->memory->read(file->memory, block, size) : -EBADF;
}

ssize_t file_raw_write(FILE *file, const void *block, size_t size)
{
    if (!file->memory)
        return sys_write(file->fd, block, size);
    return file->memory->write ? file->memory->write(file->memory, block, size) : -EBADF;
}

off_t file_raw_seek(FILE *file, off_t offset, int whence)
{
    if (!file->memory)
        return sys_lseek(file->fd, offset, whence);
    return file->memory->seek(file->memory, offset, whence);
}
