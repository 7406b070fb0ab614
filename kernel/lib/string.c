/* Memory and strings as in the C standard, in moves of 8 bytes: `rep` is slow under emulation. */
/* SPDX-License-Identifier: MIT */
#include "lib.h"

/* A word at any address that may alias any type: the compiler accesses it with one mov. */
struct word {
    uint64_t value;
} __attribute__((packed, may_alias));

struct half {
    uint32_t value;
} __attribute__((packed, may_alias));

/* Keeps the compiler from replacing the loop inside memcpy or memset by a call of the same. */
#define OPAQUE() asm volatile("" ::: "memory")

static inline void copy_32(unsigned char *to, const unsigned char *from)
{
    struct word *t = (struct word *)to;
    const struct word *f = (const struct word *)from;
    uint64_t a = f[0].value, b = f[1].value, c = f[2].value, d = f[3].value;
    t[0].value = a;
    t[1].value = b;
    t[2].value = c;
    t[3].value = d;
}

/* Copies upwards, which is correct for overlapping areas if `to` is below `from`. */
static void copy_up(unsigned char *to, const unsigned char *from, size_t n)
{
    for (; n >= 32; n -= 32, to += 32, from += 32) {
        copy_32(to, from);
        OPAQUE();
    }
    for (; n >= 8; n -= 8, to += 8, from += 8) {
        *(struct word *)to = *(const struct word *)from;
        OPAQUE();
    }
    for (; n > 0; n--) {
        *to++ = *from++;
        OPAQUE();
    }
}

/* Copies downwards, which is correct for overlapping areas if `to` is above `from`. */
static void copy_down(unsigned char *to, const unsigned char *from, size_t n)
{
    for (; n >= 32; n -= 32) {
        copy_32(to + n - 32, from + n - 32);
        OPAQUE();
    }
    for (; n >= 8; n -= 8) {
        *(struct word *)(to + n - 8) = *(const struct word *)(from + n - 8);
        OPAQUE();
    }
    while (n-- > 0) {
        to[n] = from[n];
        OPAQUE();
    }
}

/* Copies fewer than eight bytes without a loop; some may be copied twice. */
static inline void copy_few(unsigned char *to, const unsigned char *from, size_t n)
{
    if (n >= 4) {
        struct half *t = (struct half *)to, *last = (struct half *)(to + n - 4);
        uint32_t tail = ((const struct half *)(from + n - 4))->value;
        t->value = ((const struct half *)from)->value;
        last->value = tail;
    } else if (n > 0) {
        to[0] = from[0];
        to[n / 2] = from[n / 2];
        to[n - 1] = from[n - 1];
    }
}

void *memcpy(void *restrict to, const void *restrict from, size_t n)
{
    unsigned char *t = to;
    const unsigned char *f = from;
    if (n < 8) {
        copy_few(t, f, n);
        return to;
    }
    for (; n >= 32; n -= 32, t += 32, f += 32) {
        copy_32(t, f);
        OPAQUE();
    }
    for (; n > 8; n -= 8, t += 8, f += 8) {
        *(struct word *)t = *(const struct word *)f;
        OPAQUE();
    }
    *(struct word *)(t + n - 8) = *(const struct word *)(f + n - 8); /* may repeat some bytes */
    return to;
}

void *memmove(void *to, const void *from, size_t n)
{
    if ((uintptr_t)to - (uintptr_t)from >= n)
        copy_up(to, from, n);
    else
        copy_down(to, from, n);
    return to;
}

void *memset(void *at, int byte, size_t n)
{
    unsigned char *p = at;
    uint64_t pattern = (unsigned char)byte * 0x0101010101010101ull;
    for (; n >= 32; n -= 32, p += 32) {
        struct word *w = (struct word *)p;
        w[0].value = pattern;
        w[1].value = pattern;
        w[2].value = pattern;
        w[3].value = pattern;
        OPAQUE();
    }
    for (; n >= 8; n -= 8, p += 8) {
        ((struct word *)p)->value = pattern;
        OPAQUE();
    }
    for (; n > 0; n--) {
        *p++ = (unsigned char)byte;
        OPAQUE();
    }
    return at;
}

int memcmp(const void *a, const void *b, size_t n)
{
    const unsigned char *x = a, *y = b;
    while (n >= 8 && ((const struct word *)x)->value == ((const struct word *)y)->value) {
        x += 8;
        y += 8;
        n -= 8;
    }
    for (; n > 0; n--, x++, y++)
        if (*x != *y)
            return *x - *y;
    return 0;
}

void *memchr(const void *at, int byte, size_t n)
{
    const unsigned char *p = at;
    for (; n > 0; n--, p++)
        if (*p == (unsigned char)byte)
            return (void *)p;
    return NULL;
}

size_t strlen(const char *s)
{
    const char *end = s;
    while (*end) {
        end++;
        OPAQUE();
    }
    return (size_t)(end - s);
}

size_t strnlen(const char *s, size_t limit)
{
    size_t n = 0;
    while (n < limit && s[n])
        n++;
    return n;
}

int strcmp(const char *a, const char *b)
{
    while (*a && *a == *b) {
        a++;
        b++;
    }
    return (unsigned char)*a - (unsigned char)*b;
}

int strncmp(const char *a, const char *b, size_t n)
{
    for (; n > 0; n--, a++, b++) {
        if (*a != *b)
            return (unsigned char)*a - (unsigned char)*b;
        if (!*a)
            return 0;
    }
    return 0;
}

char *strchr(const char *s, int c)
{
    for (;; s++) {
        if (*s == (char)c)
            return (char *)s;
        if (!*s)
            return NULL;
    }
}

char *strrchr(const char *s, int c)
{
    const char *found = NULL;
    for (;; s++) {
        if (*s == (char)c)
            found = s;
        if (!*s)
            return (char *)found;
    }
}

size_t strlcpy(char *to, const char *from, size_t size)
{
    size_t length = strlen(from);
    if (size > 0) {
        size_t n = length < size ? length : size - 1;
        memcpy(to, from, n);
        to[n] = '\0';
    }
    return length;
}

static unsigned digit_value(char c)
{
    if (c >= '0' && c <= '9')
        return (unsigned)(c - '0');
    if (c >= 'a' && c <= 'f')
        return (unsigned)(c - 'a' + 10);
    if (c >= 'A' && c <= 'F')
        return (unsigned)(c - 'A' + 10);
    return 255;
}

bool number_parse(const char *s, size_t length, unsigned base, uint64_t *result)
{
    uint64_t value = 0;
    for (size_t i = 0; i < length; i++) {
        unsigned digit = digit_value(s[i]);
        if (digit >= base || __builtin_mul_overflow(value, base, &value) ||
            __builtin_add_overflow(value, digit, &value))
            return false;
    }
    *result = value;
    return length > 0;
}
