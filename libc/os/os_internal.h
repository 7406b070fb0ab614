/* What the files of the os layer share. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <os.h>
#include "syscall.h"

/* Makes a call again if a signal interrupted it. A handler can only leave by a jump. */
#define RETRY(call)                \
    ({                             \
        long result_;              \
        do                         \
            result_ = (call);      \
        while (result_ == -EINTR); \
        result_;                   \
    })

/* The length of the head in the sense of os.path.split, for the first `length` bytes of a path;
 * *tail is the place where the tail begins. */
size_t os_head_length(const char *path, size_t length, size_t *tail);

/* Runs a program that it looks for in the PATH of env; returns only on failure, with -1. */
int os_exec_search(const char *file, char *const args[], char *const env[]);

/* Counts the arguments of a function that takes them one by one, then copies them to an array on
 * the stack; `args` is then at the argument after their NULL. */
#define COUNT_ARGUMENTS(first, n) \
    va_list args;                 \
    size_t n = 1;                 \
    va_start(args, first);        \
    while (va_arg(args, char *))  \
        n++;                      \
    va_end(args)

#define COLLECT_ARGUMENTS(first, n, argv) \
    char *argv[n + 1];                    \
    va_start(args, first);                \
    argv[0] = (char *)first;              \
    for (size_t i = 1; i <= n; i++) {     \
        argv[i] = va_arg(args, char *);   \
    }
