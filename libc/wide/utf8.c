/* UTF-8: the first byte of a character tells how many there are, the others have six bits each.
 *
 *   0xxxxxxx                               to 0x7f
 *   110xxxxx 10xxxxxx                      to 0x7ff
 *   1110xxxx 10xxxxxx 10xxxxxx             to 0xffff
 *   11110xxx 10xxxxxx 10xxxxxx 10xxxxxx    to 0x10ffff
 *
 * A form that is longer than necessary is wrong, and so is a surrogate (0xd800 to 0xdfff). The
 * second byte shows both, so that no wrong beginning is ever taken for a character to be completed.
 */
/* SPDX-License-Identifier: MIT */
#include "utf8.h"
#include <errno.h>
#include <stdbool.h>
#include "syscall.h"

#define INCOMPLETE ((size_t)-2)
#define WRONG      ((size_t)-1)

/* How many bytes a character has whose first byte is this; 0 if none begins so. */
static unsigned int length_of(unsigned char first)
{
    if (first < 0x80)
        return 1;
    if (first < 0xc2 || first > 0xf4)
        return 0;
    return first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
}

/* Is this the beginning of a character of `length` bytes? The value is that of its first two. */
static bool begins_well(unsigned int length, unsigned int value)
{
    if (length == 3)
        return value >= 0x800 >> 6 && (value < 0xd800 >> 6 || value > 0xdfff >> 6);
    return length == 2 || (value >= 0x10000 >> 12 && value <= 0x10ffff >> 12);
}

static size_t wrong(mbstate_t *state)
{
    *state = (mbstate_t){0};
    fail(EILSEQ);
    return WRONG;
}

/* Takes one byte into the state; false if it cannot be there. */
static bool take(mbstate_t *state, unsigned char byte)
{
    unsigned int length = state->__left >> 8, left = state->__left & 255;

    if (left == 0) {
        length = length_of(byte);
        *state =
            (mbstate_t){length << 8 | (length - 1), byte & (length == 1 ? 127 : 127 >> length)};
        return length > 0;
    }
    if ((byte & 0xc0) != 0x80)
        return false;
    state->__value = state->__value << 6 | (byte & 0x3f);
    state->__left--;
    return left < length - 1 || begins_well(length, state->__value);
}

size_t utf8_decode(wchar_t *c, const char *bytes, size_t n, mbstate_t *state)
{
    for (size_t i = 0; i < n; i++) {
        if (!take(state, (unsigned char)bytes[i]))
            return wrong(state);
        if ((state->__left & 255) > 0)
            continue;
        *c = (wchar_t)state->__value;
        *state = (mbstate_t){0};
        return *c ? i + 1 : 0;
    }
    return INCOMPLETE;
}

size_t utf8_encode(char *bytes, wchar_t wide)
{
    unsigned int c = (unsigned int)wide;
    int length = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;

    if (c > 0x10ffff || c - 0xd800 < 0x800) {
        fail(EILSEQ);
        return WRONG;
    }
    for (int i = length - 1; i > 0; i--, c >>= 6)
        bytes[i] = (char)(0x80 | (c & 0x3f));
    bytes[0] = (char)(length == 1 ? c : (0xf00u >> length & 0xff) | c);
    return (size_t)length;
}
