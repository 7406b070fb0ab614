/* The random generator: ChaCha20's published vector, and that no output repeats. */
/* SPDX-License-Identifier: MIT */
#include <string.h>
#include "../../kernel/lib/random.c"
#include "tap.h"

int main(void)
{
    /* Key 0, nonce 0, counter 0: the key stream's first bytes as published. */
    static const uint8_t wanted[16] = {0x76, 0xb8, 0xe0, 0xad, 0xa0, 0xf1, 0x3d, 0x90,
                                       0x40, 0x5d, 0x6a, 0xe5, 0x53, 0x86, 0xbd, 0x28};
    uint32_t key[8] = {0}, block[16];
    chacha20_block(key, 0, block);
    ok(memcmp(block, wanted, 16) == 0, "ChaCha20's test vector");

    struct random a, b;
    uint8_t x[300], y[300];
    random_init(&a, "seed", 4);
    random_init(&b, "seed", 4);
    random_bytes(&a, x, 300);
    random_bytes(&b, y, 300);
    ok(memcmp(x, y, 300) == 0, "one seed, one stream");
    random_bytes(&a, x, 300);
    ok(memcmp(x, y, 300) != 0, "the next bytes are others");
    random_bytes(&b, y, 300);
    random_mix(&b, "more", 4);
    random_bytes(&a, x, 300);
    random_bytes(&b, y, 300);
    ok(memcmp(x, y, 300) != 0, "mixing changes the stream");
    int ones = 0;
    for (int i = 0; i < 300; i++)
        ones += __builtin_popcount(x[i]);
    ok(ones > 1000 && ones < 1400, "about half of the bits are set: %d of 2400", ones);
    return tap_done();
}
