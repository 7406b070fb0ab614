/* The annex kasan, only in a kernel built with SANITIZE=kernel-address: finds accesses to memory
 * that is not an object, or not any more.
 *
 * The compiler inserts a call before each access (__asan_load8 and so on). It looks into the
 * shadow, which has one byte for each granule of eight bytes, of the kernel's image, of all memory
 * and of kernel stacks. 0 means that all eight bytes may be accessed, 1 to 7 that only so many may,
 * from the start of the granule, and any other value is a reason why none may. A bad access ends in
 * a panic that describes the object.
 *
 * The other task of the annex is to keep the shadow up to date. It does so without a change to the
 * allocators. For the functions that sanitize.mk lists, such as object_alloc, the linker redirects
 * all calls from other files to __wrap_object_alloc in this annex, which calls the original under
 * the name __real_object_alloc. Functions in assembly are wrapped too, because the compiler inserts
 * no calls there.
 *
 * Lock: none is needed. Only the code that allocates or frees bytes changes their shadow.
 *
 * Read shadow.c first, then check.c, objects.c and report.c. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "x86.h"

/* Declares the two names of a function whose calls from other files come to this room. */
#define WRAPPED(type, name, ...)     \
    type __real_##name(__VA_ARGS__); \
    type __wrap_##name(__VA_ARGS__)

#define SHADOW_OFFSET 0xdffffc0000000000ull /* sanitize.mk tells it to the compiler */

enum { GRANULE = 8, MAX_SITES = 5 };

/* Why bytes may not be accessed. The compilers define the values for the stack and for globals. */
enum shadow_reason {
    SHADOW_STACK_LEFT = 0xf1,
    SHADOW_STACK_MIDDLE = 0xf2,
    SHADOW_STACK_RIGHT = 0xf3,
    SHADOW_HEAD = 0xf6, /* the note of the object that follows */
    SHADOW_SCOPE = 0xf8,
    SHADOW_GLOBAL = 0xf9,
    SHADOW_BEHIND = 0xfa, /* the gap after an object, and memory that was never an object */
    SHADOW_FREED = 0xfb,
    SHADOW_PAGE = 0xfc, /* a page that is free */
};

/* The note before each small object. While the object is free, the allocator's link is in front. */
struct object_note {
    uint64_t link;
    uint32_t n_bytes, reserved;
    const char *name;              /* of its cache; NULL for kmalloc */
    uint32_t allocated[MAX_SITES]; /* lower halves of return addresses; 0 after the last */
    uint32_t freed[MAX_SITES];
};
enum { OBJECT_HEAD = sizeof(struct object_note) };
_Static_assert(OBJECT_HEAD % 16 == 0, "objects are as aligned as without it");

static inline uint8_t *shadow_of(uint64_t address)
{
    return (uint8_t *)((address / GRANULE) + SHADOW_OFFSET);
}

extern uint64_t shadow_covered; /* bytes of memory with a shadow; constant after mm_init */

/* True if the address has a shadow. Addresses of users and of devices have none. */
static inline bool shadow_covers(uint64_t address)
{
    return address - DIRECT_MAP < shadow_covered || address >= KSTACK_AREA;
}

/* Forbids access to n bytes, whole granules, for that reason; reason 0 allows it. */
void shadow_fill(uint64_t address, size_t n, uint8_t reason);
/* Allows access to n bytes, and not to the rest of the last granule. */
void shadow_allow(uint64_t address, size_t n);

/* What an instruction or copy accesses, and the first byte that it may not. */
struct access {
    uint64_t address, n, bad;
    bool write;
};
_Noreturn void kasan_report(const struct access *access, uint64_t rip);
/* Something was freed that is not an object in use: `what` says why not. */
_Noreturn void kasan_report_free(const char *what, uint64_t object, uint64_t rip);

/* Between the two this processor checks nothing, because allocators access free memory. */
void checks_off(void);
void checks_on(void);

/* A global variable and the gap after it, as the compilers describe it. */
struct global {
    uint64_t start, n_bytes, n_with_gap;
    const char *name, *file;
    uint64_t reserved_1;
    const struct {
        const char *file;
        uint32_t line, column;
    } * place; /* NULL where a compiler does not say it */
    uint64_t reserved_2;
};
const struct global *global_at(uint64_t address); /* the one with this byte, or in its gap; NULL */
