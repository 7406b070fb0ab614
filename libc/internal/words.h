/* Strings eight bytes at a time: a word that may alias anything, and which of its bytes are
 * zero. */
#pragma once

#include <stddef.h>
#include <stdint.h>

typedef uint64_t __attribute__((may_alias)) word;
typedef uint64_t __attribute__((may_alias, aligned(1))) loose_word;

#define WORD_ONES  0x0101010101010101UL
#define WORD_HIGHS 0x8080808080808080UL

/* Not zero where a byte of the word is zero; the lowest bit set tells the first one exactly. */
static inline uint64_t zero_bytes(uint64_t w)
{
    return (w - WORD_ONES) & ~w & WORD_HIGHS;
}

/* The index of the byte that the lowest bit set belongs to. */
static inline size_t first_byte(uint64_t zeros)
{
    return (size_t)__builtin_ctzl(zeros) / 8;
}
