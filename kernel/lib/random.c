/* A generator of random bytes: ChaCha20 with fast key erasure.
 *
 * Each block of 64 bytes that the cipher makes from the key is used in two halves: one is the next
 * key, the other is given to the caller. The old key is overwritten at once. So an attacker that
 * reads the state learns nothing about the bytes that were given out before. */
/* SPDX-License-Identifier: MIT */
#include "lib.h"

enum { KEY_BYTES = 32, OUTPUT_BYTES = 32 }; /* of each block of 64 */

static uint32_t rotate(uint32_t x, int by)
{
    return x << by | x >> (32 - by);
}

static inline void quarter_round(uint32_t *s, int a, int b, int c, int d)
{
    s[a] += s[b];
    s[d] = rotate(s[d] ^ s[a], 16);
    s[c] += s[d];
    s[b] = rotate(s[b] ^ s[c], 12);
    s[a] += s[b];
    s[d] = rotate(s[d] ^ s[a], 8);
    s[c] += s[d];
    s[b] = rotate(s[b] ^ s[c], 7);
}

/* One block of ChaCha20 key stream, nonce 0. */
static void chacha20_block(const uint32_t key[8], uint64_t counter, uint32_t out[16])
{
    /* "expand 32-byte k" */
    uint32_t start[16] = {0x61707865, 0x3320646e, 0x79622d32, 0x6b206574};
    memcpy(start + 4, key, 32);
    start[12] = (uint32_t)counter;
    start[13] = (uint32_t)(counter >> 32);
    memcpy(out, start, sizeof(start));
    for (int i = 0; i < 10; i++) {
        quarter_round(out, 0, 4, 8, 12); /* columns */
        quarter_round(out, 1, 5, 9, 13);
        quarter_round(out, 2, 6, 10, 14);
        quarter_round(out, 3, 7, 11, 15);
        quarter_round(out, 0, 5, 10, 15); /* diagonals */
        quarter_round(out, 1, 6, 11, 12);
        quarter_round(out, 2, 7, 8, 13);
        quarter_round(out, 3, 4, 9, 14);
    }
    for (int i = 0; i < 16; i++)
        out[i] += start[i];
}

void random_mix(struct random *random, const void *data, size_t n)
{
    const uint8_t *p = data;
    uint32_t block[16];
    do {
        size_t chunk = min(n, (size_t)32);
        for (size_t i = 0; i < chunk; i++)
            ((uint8_t *)random->key)[i] ^= p[i];
        chacha20_block(random->key, 0, block);
        memcpy(random->key, block, 32);
        p += chunk;
        n -= chunk;
    } while (n > 0);
}

void random_init(struct random *random, const void *seed, size_t n)
{
    memset(random, 0, sizeof(*random));
    random_mix(random, seed, n);
}

void random_bytes(struct random *random, void *to, size_t n)
{
    uint32_t block[16];
    uint8_t *p = to;
    while (n > 0) {
        size_t chunk = min(n, (size_t)OUTPUT_BYTES);
        chacha20_block(random->key, 0, block);
        memcpy(random->key, block, KEY_BYTES);
        memcpy(p, (const uint8_t *)block + KEY_BYTES, chunk);
        p += chunk;
        n -= chunk;
    }
    memset(block, 0, sizeof(block));
}
