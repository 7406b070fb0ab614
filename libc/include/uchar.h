/* UTF-16 and UTF-32, from and to the characters of the locale (wchar.h tells about mbstate_t). */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <wchar.h>

#ifndef __cplusplus
typedef uint_least16_t char16_t;
typedef uint_least32_t char32_t;
#endif

/* A character above 0xffff is two char16_t. mbrtoc16 gives the second by a call of its own, which
 * reads no byte and returns (size_t)-3; c16rtomb writes nothing for the first, and returns 0. */
size_t mbrtoc16(char16_t *restrict c, const char *restrict bytes, size_t n,
                mbstate_t *restrict state);
size_t c16rtomb(char *restrict bytes, char16_t c, mbstate_t *restrict state);
size_t mbrtoc32(char32_t *restrict c, const char *restrict bytes, size_t n,
                mbstate_t *restrict state);
size_t c32rtomb(char *restrict bytes, char32_t c, mbstate_t *restrict state);
