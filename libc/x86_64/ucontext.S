/* getcontext, setcontext and swapcontext: the registers that a function preserves, those of the
 * first six arguments, for makecontext, floating point's control words and the signal mask. */
/* SPDX-License-Identifier: MIT */

/* Offsets in ucontext_t; mcontext_t's reserved words have the control words. */
#define R8       40
#define R9       48
#define R12      72
#define R13      80
#define R14      88
#define R15      96
#define RDI      104
#define RSI      112
#define RBP      120
#define RBX      128
#define RDX      136
#define RAX      144
#define RCX      152
#define RSP      160
#define RIP      168
#define X87      232
#define MXCSR    236
#define SIGMASK  296

#define RT_SIGPROCMASK 14
#define SIG_SETMASK    2

/* Saves in (%rdi) the context of the caller of a function that has pushed nothing; when it is
 * resumed, the function returns 0. Keeps %rdi and %rsi. */
.macro save_context
    movq %rbx, RBX(%rdi)
    movq %rbp, RBP(%rdi)
    movq %r12, R12(%rdi)
    movq %r13, R13(%rdi)
    movq %r14, R14(%rdi)
    movq %r15, R15(%rdi)
    movq $0, RAX(%rdi)
    movq (%rsp), %rcx
    movq %rcx, RIP(%rdi)
    leaq 8(%rsp), %rcx
    movq %rcx, RSP(%rdi)
    fnstcw X87(%rdi)
    stmxcsr MXCSR(%rdi)
.endm

/* rt_sigprocmask(how, new, old, 8): how is in %edi already. */
.macro change_mask
    movl $8, %r10d
    movl $RT_SIGPROCMASK, %eax
    syscall
.endm

    .section .text.getcontext, "ax", @progbits
    .globl getcontext
    .type getcontext, @function
getcontext:
    save_context
    leaq SIGMASK(%rdi), %rdx
    xorl %esi, %esi
    xorl %edi, %edi
    change_mask
    xorl %eax, %eax
    ret

    .section .text.setcontext, "ax", @progbits
    .globl setcontext, swapcontext
    .type setcontext, @function
    .type swapcontext, @function
swapcontext:
    save_context
    movq %rsi, %r8
    leaq SIGMASK(%rdi), %rdx
    leaq SIGMASK(%rsi), %rsi
    jmp 1f
setcontext:
    movq %rdi, %r8
    leaq SIGMASK(%rdi), %rsi
    xorl %edx, %edx
1:  movl $SIG_SETMASK, %edi
    change_mask
    movq %r8, %rdx              /* a system call keeps %r8 */
    cmpl $0, MXCSR(%rdx)        /* 0: a context that a signal handler got, without control words */
    je 2f
    fldcw X87(%rdx)
    ldmxcsr MXCSR(%rdx)
2:  movq RBX(%rdx), %rbx
    movq RBP(%rdx), %rbp
    movq R12(%rdx), %r12
    movq R13(%rdx), %r13
    movq R14(%rdx), %r14
    movq R15(%rdx), %r15
    movq RSP(%rdx), %rsp
    movq RDI(%rdx), %rdi
    movq RSI(%rdx), %rsi
    movq R8(%rdx), %r8
    movq R9(%rdx), %r9
    movq RCX(%rdx), %rcx
    movq RAX(%rdx), %rax
    pushq RIP(%rdx)
    movq RDX(%rdx), %rdx
    ret

/* Where the function of a makecontext returns to: %rbx has the context that follows, or 0. */
    .section .text.context_ends, "ax", @progbits
    .globl context_ends
    .type context_ends, @function
context_ends:
    movq %rbx, %rdi
    testq %rdi, %rdi
    jz 1f
    call setcontext
1:  xorl %edi, %edi
    call exit
    hlt
    .section .note.GNU-stack, "", @progbits
