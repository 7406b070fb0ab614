/* The kasan room, only in a kernel built with SANITIZE=kernel-address: before each access compiled
 * code asks a shadow if its bytes may be touched; if not, a panic says what they are.
 *
 * The shadow has a byte for each eight of the kernel's image, of all memory and of kernel stacks: 0
 * where all eight may be touched, 1 to 7 where only so many, else a reason why none. The compiler
 * calls __asan_load8 and its kin; that reasons are there at the right time is this room's part. It
 * stands in front of the allocators and of copy.S: the linker leads calls of the functions that
 * kernel.mk names, such as object_alloc, to __wrap_object_alloc here, where the rooms' own is
 * __real_object_alloc.
 *
 * No lock: who allocates or frees bytes is the only one who cares for their shadow. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "x86.h"

/* A function whose calls from other files come here first, and the rooms' own. */
#define WRAPPED(type, name, ...)     \
    type __real_##name(__VA_ARGS__); \
    type __wrap_##name(__VA_ARGS__)

#define SHADOW_OFFSET 0xdffffc0000000000ull /* the compiler knows it too: kernel.mk */

enum { GRANULE = 8, MAX_SITES = 5 };

/* Why bytes may not be touched; those of the stack and of globals are the compilers'. */
enum shadow_reason {
    SHADOW_STACK_LEFT = 0xf1,
    SHADOW_STACK_MIDDLE = 0xf2,
    SHADOW_STACK_RIGHT = 0xf3,
    SHADOW_HEAD = 0xf6, /* kasan's notes on the object that follows */
    SHADOW_SCOPE = 0xf8,
    SHADOW_GLOBAL = 0xf9,
    SHADOW_BEHIND = 0xfa, /* the gap behind an object, and what no object has ever been */
    SHADOW_FREED = 0xfb,
    SHADOW_PAGE = 0xfc, /* a page that is free */
};

/* What lies before each small object. The allocator's link comes first while the object is free. */
struct object_note {
    uint64_t link;
    uint32_t n_bytes, reserved;
    const char *name;              /* of its cache; NULL for kmalloc */
    uint32_t allocated[MAX_SITES]; /* return addresses, less their upper halves; 0: no more */
    uint32_t freed[MAX_SITES];
};
enum { OBJECT_HEAD = sizeof(struct object_note) };
_Static_assert(OBJECT_HEAD % 16 == 0, "objects are as aligned as without it");

static inline uint8_t *shadow_of(uint64_t address)
{
    return (uint8_t *)((address / GRANULE) + SHADOW_OFFSET);
}

extern uint64_t shadow_covered; /* bytes of memory with a shadow; constant after mm_init */

/* Is there a shadow of this address? Not of the user's, nor of devices. */
static inline bool shadow_covers(uint64_t address)
{
    return address - DIRECT_MAP < shadow_covered || address >= KSTACK_AREA;
}

/* The n bytes (whole granules) may not be touched, for that reason; or may (0). */
void shadow_fill(uint64_t address, size_t n, uint8_t reason);
/* The first n bytes may be touched; of a granule that n ends in only those. */
void shadow_allow(uint64_t address, size_t n);

/* What one instruction or copy wanted, and where it went wrong. */
struct access {
    uint64_t address, n, bad;
    bool write;
};
_Noreturn void kasan_report(const struct access *access, uint64_t rip);
/* A free of what is no live object: `what` says why. */
_Noreturn void kasan_report_free(const char *what, uint64_t object, uint64_t rip);

/* Between the two this processor checks nothing: allocators use what is free. */
void checks_off(void);
void checks_on(void);

/* A global variable and the gap behind it, as the compilers describe it. */
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
const struct global *global_at(uint64_t address); /* whose bytes or gap these are, or NULL */
