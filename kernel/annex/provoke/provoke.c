/* Mistakes on demand, so that a test sees the reports of the sanitizers. Only in kernels built with
 * SANITIZE: the word provoke=NAME on the command line makes one mistake before the first program
 * starts. */
/* SPDX-License-Identifier: MIT */
#include "annex.h"
#include "boot.h"
#include "mm.h"
#include "x86.h"

/* The compiler cannot know these numbers, so it neither warns nor removes the mistake. */
static volatile uint32_t four = 4, ten = 10, thirty_two = 32;
static volatile int32_t largest = INT32_MAX;
static volatile uint8_t sink;

static OBJECT_CACHE(provoked, struct fpu_state);
static volatile uint8_t global[10];

#define NOT_INLINED static __attribute__((noinline))

NOT_INLINED void object_read(void)
{
    uint8_t *object = kmalloc(ten);
    sink = object[ten];
}

NOT_INLINED void object_write(void)
{
    uint32_t *object = kmalloc(four * ten);
    object[ten] = 1;
}

NOT_INLINED void object_before(void)
{
    uint64_t *object = object_alloc(&provoked);
    object[-(int)(four / 4)] = 1;
}

NOT_INLINED void use_after_free(void)
{
    uint8_t *object = object_alloc(&provoked);
    object_free(&provoked, object);
    sink = object[ten];
}

NOT_INLINED void double_free(void)
{
    void *object = object_alloc(&provoked);
    object_free(&provoked, object);
    object_free(&provoked, object);
}

NOT_INLINED void free_inside(void)
{
    uint8_t *object = kmalloc(ten);
    kfree(object + four * 2);
}

NOT_INLINED void stack(void)
{
    uint8_t buffer[10];
    memset(buffer, 0, ten + 1);
    sink = buffer[four];
}

/* Through a pointer, because UBSan would report an index of the array itself. */
NOT_INLINED void global_read(void)
{
    static const volatile uint8_t *volatile bytes = global;
    sink = bytes[ten];
}

NOT_INLINED void page(void)
{
    uint8_t *page = buffer_alloc();
    buffer_free(page);
    sink = page[ten];
}

NOT_INLINED void user_copy(void)
{
    user_copy_in(kmalloc(ten), uaddr(PAGE_SIZE), ten + 1);
}

NOT_INLINED void addition(void)
{
    largest = largest + (int32_t)ten;
}

NOT_INLINED void shift(void)
{
    sink = (uint8_t)(four << thirty_two);
}

NOT_INLINED void array_index(void)
{
    sink = global[ten * four];
}

NOT_INLINED void misaligned(void)
{
    uint8_t *object = kmalloc(thirty_two);
    sink = (uint8_t) * (volatile uint32_t *)(object + four / 4);
}

/* Writes to a freed object without a check by the compiler. Trimming returns the object to its
 * cache first, which then finds that its poison has been overwritten. */
NOT_INLINED __attribute__((no_sanitize_address)) void poison(void)
{
    volatile uint8_t *object = object_alloc(&provoked);
    void *live = object_alloc(&provoked);
    object_free(&provoked, (void *)object);
    memory_trim();
    object[ten] = 1;
    object_alloc(&provoked);
    sink = *(uint8_t *)live;
}

static const struct {
    const char *name;
    void (*perform)(void);
} wrongs[] = {
    {"object-read", object_read},
    {"object-write", object_write},
    {"object-before", object_before},
    {"use-after-free", use_after_free},
    {"double-free", double_free},
    {"free-inside", free_inside},
    {"stack", stack},
    {"global", global_read},
    {"page", page},
    {"user-copy", user_copy},
    {"addition", addition},
    {"shift", shift},
    {"array-index", array_index},
    {"misaligned", misaligned},
    {"poison", poison},
};

static void provoke(struct fs_context *fs, const char *command_line)
{
    char name[24];
    (void)fs;
    if (!boot_option(command_line, "provoke", name, sizeof(name)))
        return;
    for (size_t i = 0; i < ARRAY_SIZE(wrongs); i++)
        if (strcmp(name, wrongs[i].name) == 0)
            wrongs[i].perform();
}

ANNEX(provoke, ANNEX_START, provoke);
