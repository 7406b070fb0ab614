/* A signal handler returns to this code; rt_sigreturn continues what the signal interrupted. */
/* SPDX-License-Identifier: MIT */
#include <syscall_numbers.h>

    .section .text.signal_restore, "ax", @progbits
    .globl signal_restore
    .type signal_restore, @function
signal_restore:
    movl $SYS_rt_sigreturn, %eax
    syscall
    .size signal_restore, . - signal_restore
    .section .note.GNU-stack, "", @progbits
