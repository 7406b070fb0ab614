/* The allocator: what it gives is its caller's alone, and misuse ends the program with a message.
 */
/* SPDX-License-Identifier: MIT */
#include "check.h"
#include <malloc.h>

static char errors[1000];

/* The child that runs the block must end by SIGABRT, with a message on standard error that has
 * `word`. */
#define MISUSE(what, word, ...)                                                                   \
    do {                                                                                          \
        int ends[2], status;                                                                      \
        fflush(stdout);                                                                           \
        pid_t pid = pipe(ends) < 0 ? -1 : fork();                                                 \
        if (pid == 0) {                                                                           \
            dup2(ends[1], 2);                                                                     \
            __VA_ARGS__;                                                                          \
            _exit(0);                                                                             \
        }                                                                                         \
        close(ends[1]);                                                                           \
        ssize_t n = read(ends[0], errors, sizeof errors - 1);                                     \
        errors[n > 0 ? n : 0] = 0;                                                                \
        close(ends[0]);                                                                           \
        waitpid(pid, &status, 0);                                                                 \
        check_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT, what ": ends the program", \
                   __FILE__, __LINE__);                                                           \
        if (!check_verdict(strstr(errors, word), what ": says so"))                               \
            NOTE("  got    %s", errors);                                                          \
    } while (0)

static void *volatile block, *volatile other; /* so that no compiler sees what we do */
static volatile size_t one = 1, half = SIZE_MAX / 2, huge = SIZE_MAX - 100;

static char *inside(size_t offset)
{
    return (char *)block + offset * one;
}

static void check_inside(size_t size)
{
    MISUSE("free inside a block", "free", {
        block = malloc(size);
        free(inside(16));
    });
    MISUSE("free of an address that is not a multiple of 16", "free", {
        block = malloc(size);
        free(inside(1));
    });
}

static void check_twice(size_t size)
{
    MISUSE("free twice", "free", {
        block = malloc(size);
        free(block);
        free(block);
    });
    MISUSE("free twice with another free between", "free", {
        block = malloc(size);
        other = malloc(size);
        free(block);
        free(other);
        free(block);
    });
    MISUSE("realloc of a freed block", "realloc", {
        block = malloc(size);
        free(block);
        block = realloc(block, 2 * size);
    });
}

/* A large block goes back to the system at once: to free it again ends the program one way or the
 * other. */
static void check_mapping(size_t size)
{
    int status;
    fflush(stdout);
    pid_t pid = fork();
    if (pid == 0) {
        block = malloc(size);
        free(block);
        close(2);
        free(block);
        _exit(0);
    }
    waitpid(pid, &status, 0);
    CHECK(WIFSIGNALED(status) && (WTERMSIG(status) == SIGSEGV || WTERMSIG(status) == SIGABRT));
}

static void check_overflow(void)
{
    MISUSE("a byte written past the end", "past", {
        char *volatile text = malloc(56); /* fills its chunk */
        other = malloc(56);
        text[malloc_usable_size(text)] ^= 0x55;
        free(text);
        free(other);
    });
    MISUSE("many bytes written past the end", "past", {
        block = malloc(100);
        other = malloc(100);
        memset(block, 'x', 200);
        free(block);
        free(other);
    });
    MISUSE("an end of a string past the end, and the block after it freed", "overwritten", {
        char *volatile text = malloc(24);
        size_t room = malloc_usable_size(text);
        other = malloc(24);
        memset(text, 'x', room);
        text[room] = 1;
        free(other);
        free(text);
    });
    MISUSE("a byte written before the start", "free", {
        char *volatile text = malloc(40);
        text[-1] ^= 0x55;
        free(text);
    });
    static char static_memory[64] __attribute__((aligned(16)));
    MISUSE("free of memory that is not of malloc", "free", {
        block = static_memory + 32;
        free(block);
    });
    char local[64] __attribute__((aligned(16)));
    MISUSE("free of a local variable", "free", {
        block = local + 32;
        free(block);
    });
}

static void check_results(void)
{
    void *volatile nothing = malloc(0);
    CHECK(nothing != NULL);
    free(nothing);
    free(NULL);
    CHECK_NULL_ERR(malloc(huge), ENOMEM);
    CHECK_NULL_ERR(malloc(half), ENOMEM);
    CHECK_NULL_ERR(calloc(half, 3), ENOMEM);
    CHECK_NULL_ERR(calloc(half / 1000, 3000), ENOMEM);
    char *text = malloc(10);
    strcpy(text, "kept");
    block = text;
    CHECK_NULL_ERR(realloc(block, huge), ENOMEM);
    CHECK_NULL_ERR(reallocarray(block, half, 3), ENOMEM);
    text = block;
    CHECK_STR(text, "kept");
    for (size_t size = 10; size < 3000000; size = size * 3 / 2) {
        text = realloc(text, size);
        memset(text + 5, 'x', size - 5);
    }
    CHECK_STR(strcmp(text, "kept") == 0 ? "kept" : "lost", "kept");
    text = realloc(text, 7);
    CHECK_STR(text, "kept");
    free(text);
    CHECK(malloc_usable_size(NULL) == 0);
    for (size_t alignment = 8; alignment <= 65536; alignment *= 2) {
        void *aligned = NULL;
        if (posix_memalign(&aligned, alignment, 100) || (uintptr_t)aligned % alignment)
            CHECK(!"aligned");
        memset(aligned, 'x', 100);
        free(aligned);
    }
    void *aligned = aligned_alloc(4096, 8192);
    CHECK((uintptr_t)aligned % 4096 == 0);
    free(aligned);
    CHECK_EQ(posix_memalign(&aligned, 24, 100), EINVAL);
}

/* Thousands of blocks of all sizes at once, in an order of their own: no two overlap, calloc gives
 * zeros. */
static void check_many(void)
{
    enum { SLOTS = 2000, ROUNDS = 100000 };
    static unsigned char *blocks[SLOTS];
    static size_t sizes[SLOTS];
    unsigned seed = 1;
    int wrong = 0;
    for (int round = 0; round < ROUNDS; round++) {
        seed = seed * 1103515245 + 12345;
        int slot = (seed >> 8) % SLOTS;
        unsigned char mark = slot & 0xff;
        for (size_t i = 0; i < sizes[slot]; i += 37)
            wrong += blocks[slot][i] != mark;
        if (sizes[slot])
            wrong += blocks[slot][sizes[slot] - 1] != mark;
        size_t size = (seed >> 16) % ((seed >> 4) % 64 ? 500 : 200000);
        if (round % 3 == 0) {
            free(blocks[slot]);
            blocks[slot] = calloc(1, size);
            for (size_t i = 0; i < size; i++)
                wrong += blocks[slot][i] != 0;
        } else {
            blocks[slot] = realloc(blocks[slot], size ? size : 1);
            for (size_t i = 0; i < size && i < sizes[slot]; i += 37)
                wrong += blocks[slot][i] != mark;
        }
        sizes[slot] = size;
        memset(blocks[slot], mark, size);
    }
    CHECK_EQ(wrong, 0);
    char *before = sbrk(0);
    for (int i = 0; i < SLOTS; i++)
        free(blocks[i]);
    malloc_trim(0);
    CHECK((char *)sbrk(0) < before); /* memory goes back */
}

int main(void)
{
    static const size_t sizes[] = {16, 1000, 50000, 1 << 20};
    for (int i = 0; i < 4; i++) {
        NOTE("blocks of %zu bytes", sizes[i]);
        check_inside(sizes[i]);
        if (i < 3)
            check_twice(sizes[i]);
    }
    check_mapping(1 << 20);
    check_overflow();
    check_results();
    check_many();
    return check_done();
}
