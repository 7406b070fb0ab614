/* vfork: the child runs on the parent's stack, so the return address must not stay there. */
#include <syscall_numbers.h>

    .section .text.vfork, "ax", @progbits
    .globl vfork
    .type vfork, @function
vfork:
    popq %rdx                   /* the child's calls will overwrite this place */
    movl $SYS_vfork, %eax
    syscall
    pushq %rdx
    movq %rax, %rdi
    jmp syscall_ret
    .size vfork, . - vfork
    .section .note.GNU-stack, "", @progbits
