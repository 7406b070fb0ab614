/* Contexts: registers and signal mask, of the code that a signal handler interrupted or as a
 * program saves them. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <signal.h>

#define REG_R8      0
#define REG_R9      1
#define REG_R10     2
#define REG_R11     3
#define REG_R12     4
#define REG_R13     5
#define REG_R14     6
#define REG_R15     7
#define REG_RDI     8
#define REG_RSI     9
#define REG_RBP     10
#define REG_RBX     11
#define REG_RDX     12
#define REG_RAX     13
#define REG_RCX     14
#define REG_RSP     15
#define REG_RIP     16
#define REG_EFL     17
#define REG_CSGSFS  18
#define REG_ERR     19
#define REG_TRAPNO  20
#define REG_OLDMASK 21
#define REG_CR2     22

/* getcontext saves the context of its call, which setcontext resumes; it seems to return once more
 * then. makecontext turns a saved one, with a stack in uc_stack, into a call of the function with n
 * arguments (integers or pointers); when that returns, the context uc_link is resumed, or the
 * program exits. swapcontext saves one and resumes another. -1 with errno on failure, otherwise 0.
 */
int getcontext(ucontext_t *context);
int setcontext(const ucontext_t *context);
int swapcontext(ucontext_t *restrict save, const ucontext_t *restrict resume);
void makecontext(ucontext_t *context, void (*function)(void), int n, ...);
