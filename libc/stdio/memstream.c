/* Files in memory: open_memstream, which grows, and fmemopen, which does not. */
/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include "file.h"
#include "syscall.h"

/* An open_memstream. The caller has two variables, to which text and size point. The text is `end`
 * bytes long; what the caller is told is the position, which a seek may have moved back. */
struct growing {
    struct memory_file memory;
    char **text;
    size_t *size;
    size_t at, end, room;
};

/* Makes sure that there is space for `size` bytes and a NUL. Bytes that were never written are
 * zero, so the last byte is followed by a NUL. */
static int make_room(struct growing *g, size_t size)
{
    if (size + 1 <= g->room)
        return 0;
    size_t room = (size + 1) * 2;
    char *moved = size > PTRDIFF_MAX / 2 - 1 ? NULL : realloc(*g->text, room);

    if (!moved)
        return -ENOMEM;
    memset(moved + g->room, 0, room - g->room);
    *g->text = moved;
    g->room = room;
    return 0;
}

static off_t move_to(struct growing *g, size_t at)
{
    g->at = *g->size = at;
    if (g->at > g->end)
        g->end = g->at;
    return (off_t)at;
}

static ssize_t grow_write(struct memory_file *memory, const void *block, size_t size)
{
    struct growing *g = (struct growing *)memory;

    if (make_room(g, g->at + size) < 0)
        return -ENOMEM;
    memcpy(*g->text + g->at, block, size);
    move_to(g, g->at + size);
    return (ssize_t)size;
}

static off_t grow_seek(struct memory_file *memory, off_t offset, int whence)
{
    struct growing *g = (struct growing *)memory;
    off_t base = whence == SEEK_SET ? 0 : (off_t)(whence == SEEK_CUR ? g->at : g->end);

    if (base + offset < 0)
        return -EINVAL;
    if (make_room(g, (size_t)(base + offset)) < 0)
        return -ENOMEM;
    return move_to(g, (size_t)(base + offset));
}

static void release(struct memory_file *memory)
{
    free(memory);
}

FILE *open_memstream(char **text, size_t *size)
{
    struct growing *g = calloc(1, sizeof(*g));
    FILE *file = g ? file_new(-1, O_WRONLY) : NULL;
    char *first = file ? calloc(1, 64) : NULL;

    if (!first) {
        if (file)
            fclose(file);
        free(g);
        return NULL;
    }
    *g = (struct growing){{NULL, grow_write, grow_seek, release}, text, size, 0, 0, 64};
    *text = first;
    *size = 0;
    file->memory = &g->memory;
    file->mode = _IOFBF;
    return file;
}

/* An fmemopen: `end` is the end of the contents, for reading and for SEEK_END. */
struct fixed {
    struct memory_file memory;
    char *buf;
    size_t at, end, size;
    bool append;
};

static ssize_t fixed_read(struct memory_file *memory, void *block, size_t size)
{
    struct fixed *f = (struct fixed *)memory;
    size_t left = f->at < f->end ? f->end - f->at : 0;

    if (size > left)
        size = left;
    memcpy(block, f->buf + f->at, size);
    f->at += size;
    return (ssize_t)size;
}

/* Adds a NUL to what makes the contents longer, also if there is no space: then it is the last byte
 * in place of what was to be there, but not if the file appends. */
static ssize_t fixed_write(struct memory_file *memory, const void *block, size_t size)
{
    struct fixed *f = (struct fixed *)memory;
    bool terminate = size == 0 || ((const char *)block)[size - 1] != '\0';

    size_t at = f->append ? f->end : f->at;

    if (size > f->size - at) {
        if (f->at + terminate >= f->size)
            return -ENOSPC;
        size = f->size - at;
    }
    memcpy(f->buf + at, block, size);
    f->at = at + size;
    if (f->at <= f->end)
        return (ssize_t)size;
    f->end = f->at;
    if (terminate && f->end < f->size)
        f->buf[f->end] = '\0';
    else if (terminate && !f->append)
        f->buf[f->size - 1] = '\0';
    return (ssize_t)size;
}

static off_t fixed_seek(struct memory_file *memory, off_t offset, int whence)
{
    struct fixed *f = (struct fixed *)memory;
    off_t base = whence == SEEK_SET ? 0 : (off_t)(whence == SEEK_CUR ? f->at : f->end);

    if (base + offset < 0 || base + offset > (off_t)f->size)
        return -EINVAL;
    return (off_t)(f->at = (size_t)(base + offset));
}

FILE *fmemopen(void *restrict buf, size_t size, const char *restrict mode)
{
    int flags = file_mode_flags(mode);

    if (flags < 0 || size == 0)
        return fail_null(EINVAL);
    struct fixed *f = calloc(1, sizeof(*f) + (buf ? 0 : size));
    FILE *file = f ? file_new(-1, flags) : NULL;
    if (!file) {
        free(f);
        return NULL;
    }
    *f = (struct fixed){{fixed_read, fixed_write, fixed_seek, release}, buf, 0, 0, size, false};
    if (!buf)
        f->buf = (char *)(f + 1);
    f->append = *mode == 'a';
    f->end = *mode == 'w' ? 0 : *mode == 'a' ? strnlen(f->buf, size) : size;
    if (f->append)
        f->at = f->end;
    if (*mode == 'w' && strchr(mode, '+'))
        f->buf[0] = '\0';
    file->memory = &f->memory;
    file->mode = _IOFBF;
    return file;
}
