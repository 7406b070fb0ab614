/* The fuzzer's parts: random calls (draw.c), the memory and files they work on (world.c), making
 * them (perform.c), rounds of processes that do (fuzz.c), and a C program of some of them
 * (print.c).
 *
 * A round is decided by the seed and its number alone. So a line that names the round, written
 * before its first call, says which calls were under way when the kernel died, and a round can be
 * made again, whole or in part. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* ---- Memory at fixed addresses, so that calls are the same in each run ---- */

#define ARENA    0x10000000ul /* read and write */
#define EDGE     0x10100000ul /* one page; nothing after it */
#define READONLY 0x10200000ul
#define NOACCESS 0x10300000ul
#define FLICKER  0x10400000ul /* unmapped and mapped by another thread meanwhile */
#define PASTEND  0x10500000ul /* a file's mapping that reaches past its end */
#define SHARED   0x10600000ul /* shared by all streams of a round */
#define STACKS   0x10700000ul /* of the streams that are threads */
#define BOARD_AT 0x10800000ul /* how far each stream is */
#define PLAY     0x20000000ul /* where mmap and munmap may do as they like */
enum {
    ARENA_BYTES = 1 << 17,
    SHARED_BYTES = 16384,
    PLAY_BYTES = 1 << 26,
    SLOT_BYTES = 512, /* at ARENA + i * SLOT_BYTES lies what argument i points to */
    BIG_AT = 1 << 16, /* at ARENA + BIG_AT, 64 KB for buffers */
    STACK_BYTES = 1 << 16,
    MAX_STREAMS = 4,
    MAX_WORDS = 16,
    CALLS_A_STREAM = 300,
};

/* Numbers in a drawn call for what is only known when it is made. */
enum {
    PID_SELF = 0x50000001,
    PID_PEER = 0x50000002,
    PID_CHILD = 0x50000003,
    AT_HANDLER = 0x50000004,
    AT_RESTORER = 0x50000005,
};

struct random {
    uint64_t state;
};
uint64_t random_next(struct random *random);
static inline uint64_t random_below(struct random *random, uint64_t n)
{
    return (random_next(random) >> 16) % n;
}

/* A call as drawn: arguments, and the words that argument i's slot holds before it. */
struct call {
    int row; /* in call_rows */
    uint64_t args[6];
    uint8_t n_words[6];
    uint64_t words[6][MAX_WORDS];
};

extern const char *const paths[];
extern const int n_paths;

/* The call number `index` of a stream of a round: always the same. */
void draw_call(uint64_t seed, int round, int stream, int index, struct call *call);

/* What a round is, before its calls. */
struct round_plan {
    int n_streams;
    bool as_root, threads, flicker;
    int fail_nth; /* each fifth call under fault injection, up to this number; 0: none */
};
void draw_round(uint64_t seed, int round, struct round_plan *plan);

/* Makes the files of a round, and takes them and all that the calls made away again. */
void world_make(void);
void world_remove(void);
void world_grow(void); /* once */
/* In a new process: memory, descriptors, signals; then perhaps becomes a user. */
void world_enter(bool as_root);

long perform(const struct call *call, int peer);
void print_program(uint64_t seed, const char *recipe);
