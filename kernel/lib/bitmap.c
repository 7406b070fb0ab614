/* Finds the next clear or set bit in an array of words. */
#include "lib.h"

/* The first bit >= from that is set in the map with each word xored by `flip`; n_bits if none. */
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
