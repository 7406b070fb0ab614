/* clone_run(function, stack_top, flags, arg, parent_tid, tls, child_tid): the child calls
 * function(arg) on its own stack and exits with the result; the parent gets the pid or -errno. */
/* SPDX-License-Identifier: MIT */
#include <syscall_numbers.h>

    .section .text.clone_run, "ax", @progbits
    .globl clone_run
    .type clone_run, @function
clone_run:
    andq $-16, %rsi
    subq $16, %rsi
    movq %rdi, (%rsi)           /* the function for the child, and its argument */
    movq %rcx, 8(%rsi)
    movq %rdx, %rdi
    movq %r8, %rdx
    movq %r9, %r8
    movq 8(%rsp), %r10
    movl $SYS_clone, %eax
    syscall
    testq %rax, %rax
    jz 1f
    ret
1:  xorl %ebp, %ebp
    popq %rax
    popq %rdi
    call *%rax
    movl %eax, %edi
    movl $SYS_exit, %eax
    syscall
    hlt
    .size clone_run, . - clone_run
    .section .note.GNU-stack, "", @progbits
