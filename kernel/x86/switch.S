/* From one thread to another: the registers that C keeps stay on the stack that is left. */
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
 * Leaves room for the trap frame at the top; what context_switch will pop lies below it. */
    .global context_init
context_init:
    lea -(FRAME_BYTES + 8 * 8)(%rdi), %rax
    movq $0, 56(%rax)                   /* keeps the stack aligned as a call does */
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
