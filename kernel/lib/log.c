/* The kernel log and the start of a panic: formats a line and passes it to its hook. */
/* SPDX-License-Identifier: MIT */
#include "lib.h"

#include "hooks.h"

void klog(const char *fmt, ...)
{
    char line[401];
    va_list args;
    va_start(args, fmt);
    int n = vformat(line, sizeof(line), fmt, args);
    va_end(args);
    hooks.log_line(line, min((size_t)n, sizeof(line) - 1));
}

void panic_at(const char *file, int line, const char *fmt, ...)
{
    char message[256];
    va_list args;
    va_start(args, fmt);
    vformat(message, sizeof(message), fmt, args);
    va_end(args);
    hooks.report_panic(file, line, message);
    __builtin_trap();
}
