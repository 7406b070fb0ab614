/* A generator of random bytes: ChaCha20 whose key is replaced after each use (fast key erasure). */
#include "lib.h"

#define BLOCK_BYTES 64

static uint32_t rotate(uint32_t x, int by)
{
    return x << by | x >> (32 - by);
}

static void quarter_round(uint32_t *s, int a, int b, int c, int d)
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
        for (int column = 0; column < 4; column++)
            quarter_round(out, column, 4 + column, 8 + column, 12 + column);
        for (int d = 0; d < 4; d++)
            quarter_round(out, d, 4 + (d + 1) % 4, 8 + (d + 2) % 4, 12 + (d + 3) % 4);
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
    uint32_t block[16], next_key[8];
    uint8_t *p = to;
    chacha20_block(random->key, 0, block);
    memcpy(next_key, block, 32);
    for (uint64_t counter = 1; n > 0; counter++) {
        size_t chunk = min(n, (size_t)BLOCK_BYTES);
        chacha20_block(random->key, counter, block);
        memcpy(p, block, chunk);
        p += chunk;
        n -= chunk;
    }
    memcpy(random->key, next_key, 32);
    memset(block, 0, sizeof(block));
}
