/* makecontext: a context that calls a function on a stack of its own. */
/* SPDX-License-Identifier: MIT */
#include <stdarg.h>
#include <stdint.h>
#include <ucontext.h>

extern char context_ends[]; /* in ucontext.S */

/* The first six arguments are in registers, the others above the return address. There the stack
 * pointer is 8 more than a multiple of 16, as in every function. */
void makecontext(ucontext_t *context, void (*function)(void), int n, ...)
{
    static const int registers[] = {REG_RDI, REG_RSI, REG_RDX, REG_RCX, REG_R8, REG_R9};
    long long *saved = context->uc_mcontext.gregs;
    uintptr_t top = (uintptr_t)context->uc_stack.ss_sp + context->uc_stack.ss_size;
    long on_stack = n > 6 ? n - 6 : 0;
    long *stack = (long *)((top - (uintptr_t)on_stack * sizeof(long)) & ~15UL) - 1;
    va_list args;

    stack[0] = (long)context_ends;
    va_start(args, n);
    for (int i = 0; i < n; i++) {
        long value = va_arg(args, long);

        if (i < 6)
            saved[registers[i]] = value;
        else
            stack[i - 5] = value;
    }
    va_end(args);
    saved[REG_RBX] = (long long)(uintptr_t)context->uc_link;
    saved[REG_RBP] = 0;
    saved[REG_RSP] = (long long)(uintptr_t)stack;
    saved[REG_RIP] = (long long)(uintptr_t)function;
}
