/* From one thread to another: a function call that returns on another stack.
 *
 * A thread that gives up the processor calls context_switch(). As in any call, the caller has saved
 * the registers that a C function may change, if it needs them. The function pushes the six that it
 * must preserve, stores the stack pointer in the old thread's structure, and loads the one that the
 * new thread stored when it called context_switch() itself. It pops the six registers of the new
 * thread, and RET returns to where the new thread called from. So everything that a thread has to
 * remember is on its kernel stack, and its registers in user mode are there too, in its trap frame.
 *
 * A new thread has never called. context_init() writes on its stack what would be there if it had:
 * six registers and a return address, which is that of first_run.
 *
 * No other processor may run the old thread before its stack pointer is stored: the scheduler holds
 * the lock of the run queue during the switch, and the new thread releases it. Address space,
 * vector registers, segments and the kernel stack for the next entry are changed by the scheduler
 * before the call. */
/* SPDX-License-Identifier: MIT */
#include "asm.h"

    .text

/* void context_switch(uint64_t *save_rsp, uint64_t load_rsp) */
    .global context_switch
    .balign 16
context_switch:
    push %rbp
    push %rbx
    push %r12
    push %r13
    push %r14
    push %r15
    mov %rsp, (%rdi)
    mov %rsi, %rsp
    pop %r15
    pop %r14
    pop %r13
    pop %r12
    pop %rbx
    pop %rbp
    ret

/* uint64_t context_init(void *stack_top, void (*start)(void *), void *arg)
 * Leaves space for the trap frame at the top; below it is what context_switch will pop. */
    .global context_init
context_init:
    lea -(FRAME_BYTES + 8 * 8)(%rdi), %rax
    movq $0, 56(%rax)                   /* aligns the stack as after a call */
    lea first_run(%rip), %rcx
    mov %rcx, 48(%rax)
    movq $0, 40(%rax)                   /* rbp: a backtrace ends here */
    mov %rsi, 32(%rax)                  /* rbx: start */
    mov %rdx, 24(%rax)                  /* r12: arg */
    movq $0, 16(%rax)
    movq $0, 8(%rax)
    movq $0, (%rax)
    ret

first_run:
    mov %r12, %rdi
    call *%rbx
    ud2

    .section .note.GNU-stack, "", @progbits
