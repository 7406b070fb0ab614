/* open_wmemstream: a file whose bytes, which are UTF-8, become wide characters in memory. It has no
 * buffer, so that the memory is always up to date. Its position counts wide characters. */
/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <wchar.h>
#include "../stdio/file.h"
#include "syscall.h"
#include "utf8.h"

struct growing {
    struct memory_file memory;
    wchar_t **text;
    size_t *size;
    size_t at, end, room; /* in wide characters; room with that for the NUL */
    mbstate_t state;
};

/* What is between the end and a position after it becomes NUL. */
static bool make_room(struct growing *g, size_t n)
{
    if (n + 1 > g->room) {
        size_t room = (n + 1) * 2;
        wchar_t *moved = reallocarray(*g->text, room, sizeof(wchar_t));

        if (!moved)
            return false;
        wmemset(moved + g->room, 0, room - g->room);
        *g->text = moved;
        g->room = room;
    }
    return true;
}

static ssize_t grow_write(struct memory_file *memory, const void *block, size_t size)
{
    struct growing *g = (struct growing *)memory;

    for (size_t i = 0; i < size; i++) {
        wchar_t c;
        size_t length = utf8_decode(&c, (const char *)block + i, 1, &g->state);

        if (length == (size_t)-2)
            continue;
        if (length == (size_t)-1)
            return -EILSEQ;
        if (!make_room(g, g->at + 1))
            return -ENOMEM;
        (*g->text)[g->at++] = c;
        if (g->at > g->end)
            g->end = g->at;
    }
    *g->size = g->at;
    return (ssize_t)size;
}

/* *size tells the position, or the end if that is nearer. */
static off_t grow_seek(struct memory_file *memory, off_t offset, int whence)
{
    struct growing *g = (struct growing *)memory;
    off_t base = whence == SEEK_SET ? 0 : (off_t)(whence == SEEK_CUR ? g->at : g->end);

    if (base + offset < 0)
        return -EINVAL;
    g->at = (size_t)(base + offset);
    g->state = (mbstate_t){0};
    *g->size = g->at < g->end ? g->at : g->end;
    return base + offset;
}

static void grow_close(struct memory_file *memory)
{
    free(memory);
}

FILE *open_wmemstream(wchar_t **text, size_t *size)
{
    struct growing *g = calloc(1, sizeof(*g));
    wchar_t *first = g ? calloc(16, sizeof(*first)) : NULL;
    FILE *file = first ? file_new(-1, O_WRONLY) : NULL;

    if (!file) {
        free(first);
        free(g);
        return NULL;
    }
    *g = (struct growing){.memory = {NULL, grow_write, grow_seek, grow_close}, .room = 16};
    g->text = text;
    g->size = size;
    *text = first;
    *size = 0;
    file->memory = &g->memory;
    file->mode = _IONBF;
    file->utf8 = true;
    file->wide = 1;
    return file;
}
