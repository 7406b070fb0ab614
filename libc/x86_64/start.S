/* The first instructions of a program: passes the stack that exec prepared to libc_start. */
/* SPDX-License-Identifier: MIT */
    .text
    .globl _start
    .type _start, @function
_start:
    xorl %ebp, %ebp             /* the outermost frame, for backtraces */
    movq %rsp, %rdi             /* argc, argv, envp and auxv are there */
    andq $-16, %rsp
    call libc_start
    hlt
    .size _start, . - _start
    .section .note.GNU-stack, "", @progbits
