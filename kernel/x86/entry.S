/* The entries into the kernel (SYSCALL, traps, interrupts, NMI), and the ways back to user mode.
 *
 * Every entry has the same three tasks. It must find a stack that the kernel can trust. It must
 * save all registers of the program. And it must load the kernel's GS base, through which C finds
 * this processor's struct cpu. All entries save the registers as one structure, struct trap_frame;
 * that of user mode is at the top of the thread's kernel stack. So C need not know how the thread
 * entered, and can start a signal handler or a new program by changing the frame.
 *
 * SYSCALL does very little: it puts RIP into RCX and the flags into R11, clears some flags, among
 * them the one for interrupts, and jumps to syscall_entry. RSP is still the program's. SWAPGS
 * exchanges the GS base, and through it the entry finds the current thread's kernel stack. For
 * traps and interrupts the processor itself loads the stack from the TSS and pushes RIP, CS, flags,
 * RSP and SS. trap_common then executes SWAPGS only if the saved CS says that the trap came from
 * user mode: it must be executed exactly once on each way in and once on each way out. No interrupt
 * comes between, because interrupts stay off until the return to user mode.
 *
 * An NMI and a double fault can come between any two instructions, also after SYSCALL and before
 * SWAPGS. There the mode is the kernel's, but the stack and GS are still the program's. So these
 * two have their own stacks, and look at the GS base itself: an address of the kernel has its top
 * bit set, and a program's base never has.
 *
 * SYSRET is the fast way back, but it takes RIP from RCX and the flags from R11. So it is only used
 * if the frame is as SYSCALL saved it, apart from the result. If C has changed the frame, to start
 * a signal handler for example, trap_frame_changed() has marked it, and IRETQ restores
 * everything. */
/* SPDX-License-Identifier: MIT */
#include "asm.h"

/* A placeholder, which copy_patch_smap() replaces by CLAC if there is SMAP: a program may set AC
 * and so allow the kernel's accesses to user memory. */
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
    call *hooks + HOOK_SYSCALL(%rip)

    /* With a RIP that is not canonical, SYSRET would fault in kernel mode on the program's stack.
     * But RIP is canonical here: it follows a SYSCALL instruction, and the page at USER_END is
     * never mapped. The registers that a C function preserves still have the program's values. */
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

/* ---- Traps and interrupts: a stub of 16 bytes for each vector, to which the IDT points ---- */

    .global trap_stubs
    .balign 16
trap_stubs:
    vector = 0
    .rept 48
    .balign 16
    .if vector != 8 && (vector < 10 || vector > 14) && vector != 17
    pushq $0                            /* for the others the processor pushes an error code */
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
    call *hooks + HOOK_TRAP(%rip)

/* Returns to the code that the frame at RSP describes. */
trap_return:
    testb $3, FRAME_CS(%rsp)
    jz 2f
    /* With a RIP that is not canonical, IRETQ would fault in kernel mode. Return to an address that
     * is never mapped instead, so that the program faults. */
    mov FRAME_RIP(%rsp), %rax
    shr $47, %rax
    jz 1f
    movabs $0x00007ffffffff000, %rax    /* USER_END */
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

/* ---- NMI and double fault: on their own stacks, as they come between any two instructions ---- */

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
    mov $MSR_GS_BASE, %ecx              /* the sign says whether the base is the kernel's */
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
