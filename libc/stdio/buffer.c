/* The buffer of a FILE: filled by reading ahead, or emptied by writing out.
 *
 * One buffer serves both directions, one at a time. While a FILE reads, the bytes from `at` to
 * `limit` have been read from the file and not yet by the program. While it writes (`writing`), the
 * bytes from `buf` to `at` wait to be written, and those up to `limit` are free. Before the
 * direction changes, what waits is written out (file_flush), or the position of the descriptor is
 * moved back to where the program is (file_drop).
 *
 * Whatever fails sets the error flag of the FILE and errno. */
/* SPDX-License-Identifier: MIT */
#include <abi/termios.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "file.h"
#include "syscall.h"

static bool is_terminal(FILE *file)
{
    struct kernel_termios termios;

    return !file->memory && sys_ioctl(file->fd, TCGETS, &termios) == 0;
}

/* The buffer is allocated at the first use, so that a FILE that is not used needs no memory. */
static void get_buffer(FILE *file)
{
    if (file->mode == UNSET)
        file->mode = is_terminal(file) ? _IOLBF : _IOFBF;
    if (file->buf)
        return;
    size_t size = file->mode == _IONBF ? 1 : file->size ? file->size : BUFSIZ;
    unsigned char *memory = malloc(UNGET + size);
    if (!memory)
        return;
    file->size = size;
    file->buf_is_ours = true;
    file->buf = memory + UNGET;
    file->at = file->limit = file->buf;
    /* cppcheck-suppress memleak  ; it is in file->buf */
}

static int refuse(FILE *file, int error)
{
    file->error = true;
    return fail(error);
}

int file_reads(FILE *file)
{
    if (!file->can_read)
        return refuse(file, EBADF);
    if (file->writing && file_flush(file) < 0)
        return EOF;
    get_buffer(file);
    if (!file->buf)
        return refuse(file, ENOMEM);
    if (file->writing) {
        file->writing = false;
        file->at = file->limit = file->buf;
    }
    return 0;
}

int file_writes(FILE *file)
{
    if (!file->can_write)
        return refuse(file, EBADF);
    if (file->writing)
        return 0;
    file_drop(file);
    get_buffer(file);
    if (!file->buf)
        return refuse(file, ENOMEM);
    file->writing = true;
    file->end = false;
    file->at = file->buf;
    file->limit = file->buf + file->size;
    return 0;
}

/* A prompt is to be seen before the program waits for the answer. If another thread is just using
 * stdout, it is not waited for, as it may wait for stdin, which the caller has. */
static void show_prompt(void)
{
    if (!stdout->writing || stdout->mode != _IOLBF || ftrylockfile(stdout) != 0)
        return;
    file_flush(stdout);
    funlockfile(stdout);
}

size_t file_fill(FILE *file)
{
    if (file == stdin)
        show_prompt();
    ssize_t got = file_raw_read(file, file->buf, file->size);
    file->at = file->limit = file->buf;
    if (got > 0) {
        file->limit += got;
        return (size_t)got;
    }
    if (syscall_ret(got) < 0)
        file->error = true;
    else
        file->end = true;
    return 0;
}

/* Writes a block and returns how many bytes were written. If not all, errno and the flag are
 * set. */
static size_t write_all(FILE *file, const unsigned char *block, size_t size)
{
    size_t done = 0;

    while (done < size) {
        ssize_t wrote = file_raw_write(file, block + done, size - done);

        if (syscall_ret(wrote) < 0) {
            file->error = true;
            break;
        }
        done += (size_t)wrote;
    }
    return done;
}

int file_flush(FILE *file)
{
    if (!file->writing)
        return 0;
    size_t waiting = (size_t)(file->at - file->buf);
    file->at = file->buf;
    return write_all(file, file->buf, waiting) == waiting ? 0 : EOF;
}

void file_drop(FILE *file)
{
    if (!file->writing && file->at < file->limit)
        file_raw_seek(file, file->at - file->limit, SEEK_CUR);
    if (!file->writing)
        file->at = file->limit = file->buf;
}

static size_t put_buffered(FILE *file, const unsigned char *block, size_t size)
{
    size_t room = (size_t)(file->limit - file->at);

    if (size >= room) {
        if (file_flush(file) < 0)
            return 0;
        if (size >= file->size)
            return write_all(file, block, size);
    }
    memcpy(file->at, block, size);
    file->at += size;
    return size;
}

size_t file_put(FILE *file, const void *block, size_t size)
{
    if (file_writes(file) < 0 || size == 0)
        return 0;
    if (file->mode == _IONBF)
        return write_all(file, block, size);
    const unsigned char *newline = file->mode == _IOLBF ? memrchr(block, '\n', size) : NULL;
    if (!newline)
        return put_buffered(file, block, size);
    size_t lines = (size_t)(newline + 1 - (const unsigned char *)block);
    size_t put = put_buffered(file, block, lines);
    if (put < lines || file_flush(file) < 0)
        return put;
    return size == lines ? size : lines + put_buffered(file, newline + 1, size - lines);
}
