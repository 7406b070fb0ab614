/* An atomic exchange of a word of user memory: see x86/copy.S. */
/* SPDX-License-Identifier: MIT */
#include "x86/may_fault.h"

    .text

/* int cmpxchg_user(uint32_t *at, uint32_t expected, uint32_t desired, uint32_t *old): 0 or -1 */
    .global cmpxchg_user
cmpxchg_user:
    STAC
    mov %esi, %eax
    MAY_FAULT 1f
    lock cmpxchg %edx, (%rdi)
    CLAC
    mov %eax, (%rcx)
    xor %eax, %eax
    ret
1:  CLAC
    mov $-1, %eax
    ret

    .section .note.GNU-stack, "", @progbits
