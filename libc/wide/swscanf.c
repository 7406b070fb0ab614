/* swscanf: a FILE that reads the text as UTF-8, a bufferful at a time. */
/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <wchar.h>
#include "../stdio/file.h"
#include "utf8.h"

struct text_file {
    struct memory_file memory;
    const wchar_t *at;
};

static ssize_t read_text(struct memory_file *memory, void *block, size_t size)
{
    struct text_file *text = (struct text_file *)memory;
    char *to = block;
    size_t used = 0;

    while (*text->at && used + UTF8_MOST <= size) {
        size_t length = utf8_encode(to + used, *text->at);

        if (length > UTF8_MOST)
            return used > 0 ? (ssize_t)used : -EILSEQ;
        used += length;
        text->at++;
    }
    return (ssize_t)used;
}

int vswscanf(const wchar_t *restrict text, const wchar_t *restrict format, va_list args)
{
    unsigned char room[UNGET + 256];
    struct text_file source = {{.read = read_text}, text};
    FILE file = {.fd = -1, .can_read = true, .utf8 = true, .memory = &source.memory};

    file.mode = _IOFBF;
    file.buf = file.at = file.limit = room + UNGET;
    file.size = sizeof(room) - UNGET;
    return vfwscanf(&file, format, args);
}

int swscanf(const wchar_t *restrict text, const wchar_t *restrict format, ...)
{
    va_list args;

    va_start(args, format);
    int result = vswscanf(text, format, args);
    va_end(args);
    return result;
}
