/* The checks that compiled code calls before each access, and the wrappers of assembly
 * functions. */
/* SPDX-License-Identifier: MIT */
#include "kasan.h"
#include "mm.h"

enum { MAX_GROUPS = 256, AT_ONCE = 8 * GRANULE };

static bool reported; /* then nothing is checked, since the report reads any memory */
static uint32_t n_off[MAX_CPUS];

void checks_off(void)
{
    n_off[this_cpu()->id]++;
}

void checks_on(void)
{
    n_off[this_cpu()->id]--;
}

static bool checks_are_off(void)
{
    return reported || (n_cpus && n_off[this_cpu()->id]);
}

/* The first of the bytes that may not be accessed; 0 if there is none. */
static uint64_t first_bad(uint64_t address, uint64_t n)
{
    uint64_t end = address + n;
    while (address < end) {
        bool whole = address % AT_ONCE == 0 && end - address >= AT_ONCE;
        if (whole && !*(uint64_t *)shadow_of(address)) {
            address += AT_ONCE;
            continue;
        }
        uint8_t shadow = *shadow_of(address);
        uint64_t granule = align_down(address, GRANULE), allowed = shadow < GRANULE ? shadow : 0;
        if (shadow && max(address, granule + allowed) < min(end, granule + GRANULE))
            return max(address, granule + allowed);
        address = granule + GRANULE;
    }
    return 0;
}

/* Checks all bytes of an access. Does not return if one of them is bad. */
static void check(uint64_t address, uint64_t n, bool write, uint64_t rip)
{
    if (!shadow_covers(address))
        return; /* a user address, which the processor checks, or a device */
    struct access access = {address, n, first_bad(address, n), write};
    if (likely(!access.bad) || checks_are_off())
        return;
    reported = true;
    kasan_report(&access, rip);
}

#define CALLER ((uint64_t)__builtin_return_address(0))

/* The usual case: the shadows of the first and the last byte are 0. Otherwise check() looks
 * again. */
#define ACCESS(kind, n, write)                                                             \
    void __asan_##kind##n##_noabort(uint64_t address);                                     \
    void __asan_##kind##n##_noabort(uint64_t address)                                      \
    {                                                                                      \
        if (shadow_covers(address) && (*shadow_of(address) | *shadow_of(address + (n)-1) | \
                                       *shadow_of(address + min((n)-1, GRANULE))))         \
            check(address, n, write, CALLER);                                              \
    }

ACCESS(load, 1, false)
ACCESS(load, 2, false)
ACCESS(load, 4, false)
ACCESS(load, 8, false)
ACCESS(load, 16, false)
ACCESS(store, 1, true)
ACCESS(store, 2, true)
ACCESS(store, 4, true)
ACCESS(store, 8, true)
ACCESS(store, 16, true)

void __asan_loadN_noabort(uint64_t address, uint64_t n);
void __asan_loadN_noabort(uint64_t address, uint64_t n)
{
    check(address, n, false, CALLER);
}

void __asan_storeN_noabort(uint64_t address, uint64_t n);
void __asan_storeN_noabort(uint64_t address, uint64_t n)
{
    check(address, n, true, CALLER);
}

/* clang fills the shadow of a large stack frame by these functions. */
#define SET_SHADOW(name, reason)                              \
    void __asan_set_shadow_##name(uint8_t *shadow, size_t n); \
    void __asan_set_shadow_##name(uint8_t *shadow, size_t n)  \
    {                                                         \
        while (n--)                                           \
            *shadow++ = (reason);                             \
    }

SET_SHADOW(00, 0)
SET_SHADOW(f1, SHADOW_STACK_LEFT)
SET_SHADOW(f2, SHADOW_STACK_MIDDLE)
SET_SHADOW(f3, SHADOW_STACK_RIGHT)
SET_SHADOW(f8, SHADOW_SCOPE)

/* ---- Globals: a constructor that the compilers make for each file registers them ---- */

static struct {
    const struct global *first;
    size_t n;
} groups[MAX_GROUPS];
static size_t n_groups;

void __asan_register_globals(const struct global *globals, size_t n);
void __asan_register_globals(const struct global *globals, size_t n)
{
    for (const struct global *g = globals; g < globals + n; g++) {
        shadow_fill(align_up(g->start + g->n_bytes, GRANULE),
                    align_down(g->n_with_gap - g->n_bytes, GRANULE), SHADOW_GLOBAL);
        shadow_allow(g->start, g->n_bytes);
    }
    if (n_groups < MAX_GROUPS) {
        groups[n_groups].first = globals;
        groups[n_groups++].n = n;
    }
}

void __asan_unregister_globals(const struct global *globals, size_t n);
void __asan_unregister_globals(const struct global *globals, size_t n)
{
    (void)globals, (void)n; /* for destructors, which are never called */
}

const struct global *global_at(uint64_t address)
{
    for (size_t i = 0; i < n_groups; i++)
        for (const struct global *g = groups[i].first; g < groups[i].first + groups[i].n; g++)
            if (address - g->start < g->n_with_gap)
                return g;
    return NULL;
}

/* ---- Wrappers of assembly: of a copy the kernel's side is checked ---- */

WRAPPED(size_t, copy_user, void *to, const void *from, size_t n);
size_t __wrap_copy_user(void *to, const void *from, size_t n)
{
    check((uint64_t)from, n, false, CALLER);
    check((uint64_t)to, n, true, CALLER);
    return __real_copy_user(to, from, n);
}

WRAPPED(long, copy_user_string, char *to, const char *from, size_t size);
long __wrap_copy_user_string(char *to, const char *from, size_t size)
{
    check((uint64_t)to, size, true, CALLER);
    return __real_copy_user_string(to, from, size);
}

WRAPPED(void, page_clear, void *page);
void __wrap_page_clear(void *page)
{
    check((uint64_t)page, PAGE_SIZE, true, CALLER);
    __real_page_clear(page);
}

WRAPPED(void, page_copy, void *to, const void *from);
void __wrap_page_copy(void *to, const void *from)
{
    check((uint64_t)from, PAGE_SIZE, false, CALLER);
    check((uint64_t)to, PAGE_SIZE, true, CALLER);
    __real_page_copy(to, from);
}
