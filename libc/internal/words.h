/* Strings eight bytes at a time: a word that may alias any type, and a test for its zero bytes. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stddef.h>
#include <stdint.h>

typedef uint64_t __attribute__((may_alias)) word;
typedef uint64_t __attribute__((may_alias, aligned(1))) loose_word;

#define WORD_ONES  0x0101010101010101UL
#define WORD_HIGHS 0x8080808080808080UL

/* Not zero if a byte of the word is zero. The lowest bit that is set is in the first such byte;
 * higher ones may be wrong. */
static inline uint64_t zero_bytes(uint64_t w)
{
    return (w - WORD_ONES) & ~w & WORD_HIGHS;
}

/* The index of the byte with the lowest bit that is set. */
static inline size_t first_byte(uint64_t zeros)
{
    return (size_t)__builtin_ctzl(zeros) / 8;
}
