/* What a C program that the fuzzer printed is made of: slots, calls by name, children. Build it
 * with tools/cc PROGRAM.c tests/fuzz/{world,perform,draw}.c, with the folder of calls.h and this
 * one. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "calls.h"
#include "fuzz.h"

#define END 0xe4de4de4de4de4deul /* of the words of a slot */
static struct call next_call;

/* What argument i points to: these words, at ARENA + i * SLOT_BYTES. */
__attribute__((unused)) static void slot(int i, ...)
{
    va_list words;
    va_start(words, i);
    for (uint64_t word; (word = va_arg(words, uint64_t)) != END;)
        next_call.words[i][next_call.n_words[i]++] = word;
    va_end(words);
}

#define call(name, ...) \
    call_with(name, sizeof((uint64_t[]){0, ##__VA_ARGS__}) / 8, (uint64_t[]){0, ##__VA_ARGS__})
__attribute__((unused)) static long call_with(const char *name, size_t n, const uint64_t *args)
{
    for (next_call.row = 0; strcmp(call_rows[next_call.row].name, name) != 0;)
        next_call.row++;
    memcpy(next_call.args, args + 1, (n - 1) * 8);
    long result = perform(&next_call, getppid());
    memset(&next_call, 0, sizeof(next_call));
    return result;
}

static void in_child(void (*stream)(void))
{
    if (fork() == 0) {
        stream();
        _exit(0);
    }
}

static int wait_for_children(void)
{
    while (wait(NULL) > 0)
        ;
    return 0;
}
