/* The doors: SYSCALL, traps and interrupts into the kernel, and the ways back to user mode. */
#include "asm.h"

/* A placeholder that copy_patch_smap() makes a CLAC if there is SMAP: user code may set AC. */
.macro CLAC_IF_SMAP
771:.byte 0x0f, 0x1f, 0x00
    .pushsection .smap_patches, "a"
    .quad 771b
    .long 0xca010f, 0
    .popsection
.endm

.macro PUSH_REGISTERS
    push %rdi
    push %rsi
    push %rdx
    push %rcx
    push %rax
    push %r8
    push %r9
    push %r10
    push %r11
    push %rbx
    push %rbp
    push %r12
    push %r13
    push %r14
    push %r15
.endm

.macro POP_REGISTERS
    pop %r15
    pop %r14
    pop %r13
    pop %r12
    pop %rbp
    pop %rbx
    pop %r11
    pop %r10
    pop %r9
    pop %r8
    pop %rax
    pop %rcx
    pop %rdx
    pop %rsi
    pop %rdi
.endm

    .text

/* ---- SYSCALL: RCX is the caller's RIP, R11 its flags; interrupts are off (MSR_FMASK) ---- */

    .global syscall_entry
    .balign 16
syscall_entry:
    swapgs
    mov %rsp, %gs:CPU_USER_RSP
    mov %gs:CPU_KERNEL_STACK, %rsp
    pushq $0x2b                         /* USER_SS */
    pushq %gs:CPU_USER_RSP
    push %r11
    pushq $0x33                         /* USER_CS */
    push %rcx
    push %rax                           /* error: the call's number */
    pushq $256                          /* vector: TRAP_SYSCALL */
    PUSH_REGISTERS
    mov %rsp, %rdi
    xor %ebp, %ebp
    call *x86_handlers + 8(%rip)

    /* SYSRET takes RIP from RCX and the flags from R11, as SYSCALL left them there: it serves only
     * while the frame is what was saved above, but for the result (see trap_frame_changed). RIP is
     * then canonical, as nothing is mapped at USER_END. What C preserves is still in its
     * registers. */
    cmpq $256, FRAME_VECTOR(%rsp)
    jne trap_return
    mov FRAME_RDI(%rsp), %rdi
    mov FRAME_RSI(%rsp), %rsi
    mov FRAME_RDX(%rsp), %rdx
    mov FRAME_RCX(%rsp), %rcx
    mov FRAME_RAX(%rsp), %rax
    mov FRAME_R8(%rsp), %r8
    mov FRAME_R9(%rsp), %r9
    mov FRAME_R10(%rsp), %r10
    mov FRAME_R11(%rsp), %r11
    mov FRAME_RBP(%rsp), %rbp
    mov FRAME_RSP(%rsp), %rsp
    swapgs
    sysretq

/* ---- Traps and interrupts: 16 bytes a stub, see cpu.c ---- */

    .global trap_stubs
    .balign 16
trap_stubs:
    vector = 0
    .rept 48
    .balign 16
    .if vector != 8 && (vector < 10 || vector > 14) && vector != 17
    pushq $0                            /* the others come with an error code */
    .endif
    pushq $vector
    jmp trap_common
    vector = vector + 1
    .endr

    .balign 16
trap_common:
    PUSH_REGISTERS
    cld
    CLAC_IF_SMAP
    testb $3, FRAME_CS(%rsp)
    jz 1f
    swapgs
    xor %ebp, %ebp                      /* a backtrace ends here */
1:  mov %rsp, %rdi
    call *x86_handlers(%rip)

/* Back to where the frame at RSP came from. */
trap_return:
    testb $3, FRAME_CS(%rsp)
    jz 2f
    /* IRETQ would fault in kernel mode on a RIP that is not canonical: let user mode fault. */
    mov FRAME_RIP(%rsp), %rax
    shr $47, %rax
    jz 1f
    movabs $0x00007ffffffff000, %rax    /* USER_END: never mapped */
    mov %rax, FRAME_RIP(%rsp)
1:  swapgs
2:  POP_REGISTERS
    add $16, %rsp
    iretq

/* void user_enter(struct trap_frame *frame) */
    .global user_enter
user_enter:
    mov %rdi, %rsp
    jmp trap_return

/* ---- NMI and double fault: on stacks of their own, between any two instructions above ---- */

    .global nmi_entry, double_fault_entry
nmi_entry:
    pushq $0
    pushq $2
    jmp 1f
double_fault_entry:
    pushq $8
1:  PUSH_REGISTERS
    cld
    CLAC_IF_SMAP
    mov $MSR_GS_BASE, %ecx              /* the sign tells whose GS it is, not the mode */
    rdmsr
    xor %ebx, %ebx
    test %edx, %edx
    js 2f
    swapgs
    inc %ebx
2:  mov %rsp, %rdi
    call stop_entry
    test %ebx, %ebx
    jz 3f
    swapgs
3:  POP_REGISTERS
    add $16, %rsp
    iretq

    .section .note.GNU-stack, "", @progbits
