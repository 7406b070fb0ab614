/* Writing wide characters to a file as bytes. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <wchar.h>
#include "../stdio/file.h"

/* Bytes on their way to a file: so few writes are needed, also where it has no buffer. */
struct wide_writer {
    FILE *file;
    size_t used;
    char bytes[256];
};

/* Adds wide characters; false with errno if one has no form in bytes or a write fails. */
bool wide_put(struct wide_writer *writer, const wchar_t *text, size_t n);

/* Passes on what waits; false with errno if a write fails. */
bool wide_flush(struct wide_writer *writer);
