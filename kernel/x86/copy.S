/* Copies from and to user memory, with a fixup for every instruction that may fault; whole pages.
 *
 * A system call gets addresses from a program. Any of them may be wrong, and a right one may become
 * wrong during the copy, because another thread of the program unmaps the page. So it is no use to
 * check first and copy then. These functions just copy, and are prepared for the fault.
 *
 * The macro MAY_FAULT in front of an instruction adds a line to a table: the address of the
 * instruction and the address of its fixup. When the instruction causes a page fault, the trap room
 * first asks mm to resolve it, as it does for a fault in user mode: the page may not be present
 * yet, or be shared until it is written. Then the instruction is repeated and the copy notices
 * nothing. If mm cannot resolve the fault, user_copy_fixup() in user.c finds the instruction in the
 * table and lets the kernel continue at the fixup. There the function returns how much it has not
 * copied. A fault of the kernel at any other instruction is a bug and ends in a panic.
 *
 * Two more things protect the kernel. user.c checks that the range is in user space, since
 * otherwise a program could name the kernel's own memory. And a processor with SMAP denies the
 * kernel all access to user pages, except between STAC and CLAC: a stray pointer of the kernel then
 * faults instead of reading what a program has put there. */
/* SPDX-License-Identifier: MIT */
#include "asm.h"
#include "may_fault.h"

    .text

.macro COPY_32 at
    MAY_FAULT 8f
    mov \at(%rsi), %rcx
    MAY_FAULT 8f
    mov \at + 8(%rsi), %r8
    MAY_FAULT 8f
    mov \at + 16(%rsi), %r9
    MAY_FAULT 8f
    mov \at + 24(%rsi), %r10
    MAY_FAULT 8f
    mov %rcx, \at(%rdi)
    MAY_FAULT 8f
    mov %r8, \at + 8(%rdi)
    MAY_FAULT 8f
    mov %r9, \at + 16(%rdi)
    MAY_FAULT 8f
    mov %r10, \at + 24(%rdi)
.endm

/* size_t copy_user(void *to, const void *from, size_t n): how many bytes are left after a fault.
 * The pointers move only after a whole block. So after a fault in a block of 128, 8 or 4 bytes the
 * fixup copies the block again byte by byte, up to the exact byte that cannot be accessed. */
    .global copy_user
    .balign 16
copy_user:
    STAC
    mov %rdx, %rax
    sub $128, %rax
    jb 2f
1:  COPY_32 0
    COPY_32 32
    COPY_32 64
    COPY_32 96
    add $128, %rsi
    add $128, %rdi
    sub $128, %rax
    jae 1b
2:  add $128 - 8, %rax                  /* the rest, less 8 */
    js 4f
3:  MAY_FAULT 9f
    mov (%rsi), %rcx
    MAY_FAULT 9f
    mov %rcx, (%rdi)
    add $8, %rsi
    add $8, %rdi
    sub $8, %rax
    jae 3b
4:  add $8, %rax
    jz 6f
    test $4, %al
    jz 5f
    MAY_FAULT 5f
    mov (%rsi), %ecx
    MAY_FAULT 5f
    mov %ecx, (%rdi)
    add $4, %rsi
    add $4, %rdi
    sub $4, %rax
    jz 6f
5:  MAY_FAULT 6f
    movzbl (%rsi), %ecx
    MAY_FAULT 6f
    mov %cl, (%rdi)
    inc %rsi
    inc %rdi
    dec %rax
    jnz 5b
6:  CLAC
    ret
8:  add $128, %rax
    jmp 5b
9:  add $8, %rax
    jmp 5b

/* size_t clear_user(void *to, size_t n): how many bytes are left after a fault. */
    .global clear_user
    .balign 16
clear_user:
    STAC
    mov %rsi, %rax
    xor %ecx, %ecx
    sub $32, %rax
    jb 2f
1:  MAY_FAULT 8f
    mov %rcx, (%rdi)
    MAY_FAULT 8f
    mov %rcx, 8(%rdi)
    MAY_FAULT 8f
    mov %rcx, 16(%rdi)
    MAY_FAULT 8f
    mov %rcx, 24(%rdi)
    add $32, %rdi
    sub $32, %rax
    jae 1b
2:  add $32, %rax
    jz 4f
3:  MAY_FAULT 4f
    mov %cl, (%rdi)
    inc %rdi
    dec %rax
    jnz 3b
4:  CLAC
    ret
8:  add $32, %rax
    jmp 3b

/* long copy_user_string(char *to, const char *from, size_t size): the length, -1 for a fault, -2 if
 * there is no NUL. Copies whole words, but none that crosses into the next page: the string may end
 * before it, and that page may not be mapped. */
    .global copy_user_string
    .balign 16
copy_user_string:
    STAC
    mov %rdi, %r8
    movabs $0x0101010101010101, %r9
    movabs $0x8080808080808080, %r10
    test %rdx, %rdx
    jz 5f
1:  mov %esi, %eax
    and $4095, %eax
    cmp $4096 - 8, %eax
    ja 3f
    cmp $8, %rdx
    jb 3f
    MAY_FAULT 6f
    mov (%rsi), %rax
    mov %rax, %rcx
    sub %r9, %rcx
    mov %rax, %r11
    not %r11
    and %r10, %rcx
    mov %rax, (%rdi)
    and %r11, %rcx                      /* the lowest bit that is set marks the first zero byte */
    jnz 2f
    add $8, %rsi
    add $8, %rdi
    sub $8, %rdx
    jnz 1b
    jmp 5f
2:  bsf %rcx, %rcx
    shr $3, %ecx
    add %rcx, %rdi
    jmp 4f
3:  MAY_FAULT 6f
    movzbl (%rsi), %eax
    mov %al, (%rdi)
    test %al, %al
    jz 4f
    inc %rsi
    inc %rdi
    dec %rdx
    jnz 1b
5:  mov $-2, %rax
    CLAC
    ret
4:  mov %rdi, %rax
    sub %r8, %rax
    CLAC
    ret
6:  mov $-1, %rax
    CLAC
    ret

/* bool try_load(uint64_t address, uint64_t *value): reads kernel memory that may not be mapped */
    .global try_load
try_load:
    MAY_FAULT 1f
    mov (%rdi), %rax
    mov %rax, (%rsi)
    mov $1, %eax
    ret
1:  xor %eax, %eax
    ret

/* void page_clear(void *page): unrolled, because each branch costs time under emulation */
    .global page_clear
    .balign 16
page_clear:
    xor %eax, %eax
    lea 4096(%rdi), %rcx
1:
    at = 0
    .rept 32
    mov %rax, at(%rdi)
    at = at + 8
    .endr
    add $256, %rdi
    cmp %rcx, %rdi
    jne 1b
    ret

/* void page_copy(void *to, const void *from) */
    .global page_copy
    .balign 16
page_copy:
    lea 4096(%rdi), %rcx
1:  mov (%rsi), %rax
    mov 8(%rsi), %rdx
    mov 16(%rsi), %r8
    mov 24(%rsi), %r9
    mov %rax, (%rdi)
    mov %rdx, 8(%rdi)
    mov %r8, 16(%rdi)
    mov %r9, 24(%rdi)
    mov 32(%rsi), %rax
    mov 40(%rsi), %rdx
    mov 48(%rsi), %r8
    mov 56(%rsi), %r9
    mov %rax, 32(%rdi)
    mov %rdx, 40(%rdi)
    mov %r8, 48(%rdi)
    mov %r9, 56(%rdi)
    add $64, %rsi
    add $64, %rdi
    cmp %rcx, %rdi
    jne 1b
    ret

    .section .note.GNU-stack, "", @progbits
