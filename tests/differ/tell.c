/* What a program of the differential tests saw, as a hash and, on request, as text. */
/* SPDX-License-Identifier: MIT */
#include "differ.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

bool showing;
static uint64_t hash, state;

void tell_start(void)
{
    hash = 0x6f75726f73;
}

uint64_t tell_hash(void)
{
    return hash;
}

static void mix(uint64_t value)
{
    hash = (hash ^ value) * 0x9e3779b97f4a7c15u;
    hash ^= hash >> 29;
}

void tell(const char *what, long value)
{
    mix((uint64_t)value);
    if (!showing)
        return;
    if (value < 0 && value > -4096)
        printf(" %s %s", what, strerror((int)-value));
    else
        printf(" %s %ld", what, value);
}

void tell_bytes(const char *what, const void *bytes, size_t n)
{
    const unsigned char *c = bytes;
    mix(n);
    for (size_t i = 0; i < n; i++)
        mix(c[i]);
    if (!showing)
        return;
    printf(" %s \"", what);
    for (size_t i = 0; i < n && i < 60; i++)
        printf(c[i] >= ' ' && c[i] < 127 ? "%c" : "\\%o", c[i]);
    printf(n > 60 ? "...\"" : "\"");
}

void show(const char *fmt, ...)
{
    va_list args;
    if (!showing)
        return;
    va_start(args, fmt);
    vprintf(fmt, args);
    va_end(args);
}

void chance_start(uint64_t seed)
{
    state = (seed + 1) * 0x9e3779b97f4a7c15u;
}

uint32_t chance(uint32_t n)
{
    state = state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(state >> 33) % n;
}
