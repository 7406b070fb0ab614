/* The first instructions of a program: hands the stack, as exec left it, to libc_start. */
    .text
    .globl _start
    .type _start, @function
_start:
    xorl %ebp, %ebp             /* the outermost frame, for backtraces */
    movq %rsp, %rdi             /* argc, argv, envp, auxv lie there */
    andq $-16, %rsp
    call libc_start
    hlt
    .size _start, . - _start
    .section .note.GNU-stack, "", @progbits
