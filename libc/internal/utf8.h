/* UTF-8, whatever the locale is. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stddef.h>
#include <wchar.h>

#define UTF8_MOST 4 /* bytes of a character */

/* mbrtowc and wcrtomb of UTF-8, without a state of their own. */
size_t utf8_decode(wchar_t *c, const char *bytes, size_t n, mbstate_t *state);
size_t utf8_encode(char *bytes, wchar_t c);
