/* Test Anything Protocol for host tests: ok() lines with what went wrong, the plan at the end. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdio.h>
#include <stdlib.h>

static int tap_count, tap_failed;

#define ok(cond, ...) tap_ok(!!(cond), #cond, __FILE__, __LINE__, __VA_ARGS__)

__attribute__((format(printf, 5, 6))) static inline int
tap_ok(int passed, const char *what, const char *file, int line, const char *name, ...)
{
    char text[200];
    __builtin_va_list args;
    __builtin_va_start(args, name);
    vsnprintf(text, sizeof(text), name, args);
    __builtin_va_end(args);
    printf("%sok %d - %s\n", passed ? "" : "not ", ++tap_count, text);
    if (!passed) {
        tap_failed++;
        printf("# %s:%d: not true: %s\n", file, line, what);
    }
    return passed;
}

/* Prints the plan; the program's exit status. */
static inline int tap_done(void)
{
    printf("1..%d\n", tap_count);
    return tap_failed ? 1 : 0;
}
