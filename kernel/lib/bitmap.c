/* Finds the next clear or set bit in an array of words, and counts the bits of one word. */
/* SPDX-License-Identifier: MIT */
#include "lib.h"

/* The first bit that is at least `from` and is set after each word is xored with `flip`; n_bits if
 * there is none. */
static size_t next(const uint64_t *map, size_t n_bits, size_t from, uint64_t flip)
{
    while (from < n_bits) {
        uint64_t word = (map[from / 64] ^ flip) >> (from % 64);
        if (word)
            return min(from + (size_t)__builtin_ctzll(word), n_bits);
        from = (from / 64 + 1) * 64;
    }
    return n_bits;
}

size_t bitmap_next_clear(const uint64_t *map, size_t n_bits, size_t from)
{
    return next(map, n_bits, from, ~0ull);
}

size_t bitmap_next_set(const uint64_t *map, size_t n_bits, size_t from)
{
    return next(map, n_bits, from, 0);
}

/* The compiler calls this for __builtin_popcountll, since not every processor has POPCNT. Each line
 * adds neighbouring fields of bits to fields twice as wide. */
int __popcountdi2(int64_t word);
int __popcountdi2(int64_t word)
{
    uint64_t x = (uint64_t)word;
    x -= x >> 1 & 0x5555555555555555ull;
    x = (x & 0x3333333333333333ull) + (x >> 2 & 0x3333333333333333ull);
    x = (x + (x >> 4)) & 0x0f0f0f0f0f0f0f0full;
    return (int)(x * 0x0101010101010101ull >> 56);
}
