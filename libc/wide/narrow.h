/* A number in wide characters, as bytes. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <wchar.h>

struct narrow {
    const wchar_t *text, *digits; /* the whole, and what follows the spaces */
    char *bytes;                  /* the digits; in `room` or from malloc */
    char room[128];
};

/* Copies the ASCII letters and digits, and the marks, that follow spaces; false with ENOMEM if
 * there are more than memory. */
bool narrow_begin(struct narrow *number, const wchar_t *text, const char *marks);

/* Frees the copy. *end (if end is not NULL) becomes the place in the text that belongs to `stop`.
 */
void narrow_end(struct narrow *number, const char *stop, wchar_t **end);
