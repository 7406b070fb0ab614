/* Text that grows as it is written: what most files of /proc hold. */
/* SPDX-License-Identifier: MIT */
#include "nodes.h"

#define FIRST_SIZE 1024

/* Makes room for n more bytes. False if memory is out; then the text has failed. */
static bool text_room(struct text *text, size_t n)
{
    size_t size = text->size ? text->size : FIRST_SIZE;
    if (text->failed)
        return false;
    while (size - text->length < n)
        size *= 2;
    if (size == text->size)
        return true;
    char *buf = kmalloc(size);
    if (!buf) {
        text->failed = true;
        return false;
    }
    if (text->buf)
        memcpy(buf, text->buf, text->length);
    kfree(text->buf);
    text->buf = buf;
    text->size = size;
    return true;
}

void text_add_bytes(struct text *text, const void *bytes, size_t n)
{
    if (n == 0 || !text_room(text, n))
        return;
    memcpy(text->buf + text->length, bytes, n);
    text->length += n;
}

void text_add(struct text *text, const char *fmt, ...)
{
    for (size_t room = 128;;) {
        va_list args;
        if (!text_room(text, room))
            return;
        va_start(args, fmt);
        size_t n = vformat(text->buf + text->length, room, fmt, args);
        va_end(args);
        if (n < room) {
            text->length += n;
            return;
        }
        room = n + 1;
    }
}
