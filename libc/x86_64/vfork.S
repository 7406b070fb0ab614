/* vfork: the child runs on the parent's stack, so the return address is kept in a register. */
/* SPDX-License-Identifier: MIT */
#include <syscall_numbers.h>

    .section .text.vfork, "ax", @progbits
    .globl vfork
    .type vfork, @function
vfork:
    popq %rdx                   /* calls in the child will overwrite its place on the stack */
    movl $SYS_vfork, %eax
    syscall
    pushq %rdx
    movq %rax, %rdi
    jmp syscall_ret
    .size vfork, . - vfork
    .section .note.GNU-stack, "", @progbits
