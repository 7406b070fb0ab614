/* thread_leave(memory, size): unmaps the stack on which it runs, and ends the thread. So there is
 * no stack between the two calls; all signals are blocked. */
/* SPDX-License-Identifier: MIT */
#include <syscall_numbers.h>

    .section .text.thread_leave, "ax", @progbits
    .globl thread_leave
    .type thread_leave, @function
thread_leave:
    movl $SYS_munmap, %eax
    syscall
    xorl %edi, %edi
    movl $SYS_exit, %eax
    syscall
    hlt
    .size thread_leave, . - thread_leave
    .section .note.GNU-stack, "", @progbits
