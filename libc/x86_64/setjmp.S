/* setjmp and longjmp: save and restore the registers that a function must preserve, in the order of
 * jmp_buf. */
/* SPDX-License-Identifier: MIT */
    .section .text.setjmp, "ax", @progbits
    .globl setjmp, _setjmp, sigsetjmp
    .type setjmp, @function
    .type _setjmp, @function
    .type sigsetjmp, @function
sigsetjmp:
    movq $0, 72(%rdi)           /* has_mask */
    testl %esi, %esi
    jz setjmp
    pushq %rdi
    call setjmp_save_mask
    popq %rdi
    jmp 1f
setjmp:
_setjmp:
    movq $0, 72(%rdi)
1:  movq %rbx, (%rdi)
    movq %rbp, 8(%rdi)
    movq %r12, 16(%rdi)
    movq %r13, 24(%rdi)
    movq %r14, 32(%rdi)
    movq %r15, 40(%rdi)
    leaq 8(%rsp), %rdx          /* the stack pointer after the return */
    movq %rdx, 48(%rdi)
    movq (%rsp), %rdx
    movq %rdx, 56(%rdi)
    xorl %eax, %eax
    ret

    .section .text.longjmp, "ax", @progbits
    .globl longjmp, _longjmp
    .type longjmp, @function
    .type _longjmp, @function
longjmp:
_longjmp:
    movl %esi, %eax
    testl %eax, %eax
    jnz 1f
    incl %eax                   /* setjmp must not seem to return 0 again */
1:  movq (%rdi), %rbx
    movq 8(%rdi), %rbp
    movq 16(%rdi), %r12
    movq 24(%rdi), %r13
    movq 32(%rdi), %r14
    movq 40(%rdi), %r15
    movq 48(%rdi), %rsp
    jmp *56(%rdi)
    .section .note.GNU-stack, "", @progbits
