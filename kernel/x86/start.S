/* The first instructions: after GRUB (Multiboot2) or QEMU's -kernel (PVH), and of each other
 * processor.
 *
 * A loader copies the kernel to the physical addresses that kernel.ld gives it and jumps to its
 * entry in 32-bit mode, without paging. But the kernel is linked to run at KERNEL_BASE, in 64-bit
 * mode. So until paging is on, every symbol is used through PHYS(), and no C can run.
 *
 * The steps: remember which loader it was (EDI) and its information (EBX); check that the processor
 * has what the kernel needs; load the page tables at the end of this file, which map the first GB
 * three times (at its own addresses, in the direct map, at KERNEL_BASE); turn on long mode and
 * paging at once; load a 64-bit code segment and jump to the high address. There the stack is set
 * up and C begins: boot_main() on the first processor.
 *
 * Every other processor starts in 16-bit mode, in the trampoline at the end of this file. It
 * reaches 32-bit mode by a small table of its own, takes the same way from there, and ends in
 * other_cpu_main() on one of the idle stacks (see smp.c). */
/* SPDX-License-Identifier: MIT */
#include "asm.h"

#define KERNEL_BASE 0xffffffff80000000
#define PHYS(symbol) ((symbol) - KERNEL_BASE)
#define BOOT_OTHER_CPU 0
#define BOOT_MULTIBOOT2 1               /* enum boot_protocol in boot.h */
#define BOOT_PVH 2

/* ---- The headers by which loaders find the entry ---- */

    .section .multiboot, "a"
    .balign 8
header:
    .long 0xe85250d6                    /* Multiboot2 */
    .long 0                             /* i386, protected mode */
    .long header_end - header
    .long 0x100000000 - (0xe85250d6 + (header_end - header))
    .balign 8
    .short 3, 0                         /* tag: entry address */
    .long 12, PHYS(start_multiboot)
    .balign 8
    .short 6, 0                         /* tag: modules on page boundaries */
    .long 8
    .balign 8
    .short 0, 0                         /* last tag */
    .long 8
header_end:

    .section .note.pvh, "a", @note
    .balign 4
    .long 4, 8, 18                      /* lengths; XEN_ELFNOTE_PHYS32_ENTRY */
    .asciz "Xen"
    .quad PHYS(start_pvh)

/* ---- 32-bit mode, no paging; EBX is the address of the loader's information ---- */

    .text
    .code32
    .global start_multiboot
start_multiboot:
    mov $BOOT_MULTIBOOT2, %edi
    jmp check_processor
start_pvh:
    mov $BOOT_PVH, %edi
    jmp check_processor
start_other_cpu:
    mov $BOOT_OTHER_CPU, %edi

enter_long_mode:
    cli
    cld
    mov %ebx, %esi
    mov %cr4, %eax
    or $0x20, %eax                      /* PAE */
    mov %eax, %cr4
    mov $PHYS(boot_root), %eax
    mov %eax, %cr3
    mov $MSR_EFER, %ecx
    rdmsr
    or $(EFER_SYSCALL | EFER_LONG_MODE | EFER_NX), %eax
    wrmsr
    mov %cr0, %eax
    and $0x9fffffff, %eax               /* caches on */
    or $0x80010001, %eax                /* paging, write protection, protected mode */
    mov %eax, %cr0
    lgdt PHYS(boot_gdt_pointer)
    ljmp $KERNEL_CS, $PHYS(start_64)

    .code64
start_64:
    movabs $start_high, %rax
    jmp *%rax
start_high:
    mov $KERNEL_SS, %eax
    mov %eax, %ss
    xor %eax, %eax
    mov %eax, %ds
    mov %eax, %es
    mov %eax, %fs
    mov %eax, %gs
    xor %ebp, %ebp
    cmp $BOOT_OTHER_CPU, %edi
    je 1f
    lea boot_stack_top(%rip), %rsp
    call boot_main
    ud2
1:  mov $1, %edi                        /* the id of this processor: the next free number */
    lock xadd %edi, next_cpu(%rip)
    mov %edi, %eax
    inc %eax
    imul $IDLE_STACK_BYTES, %rax, %rax
    lea idle_stacks(%rip), %rsp
    add %rax, %rsp
    call other_cpu_main
    ud2

/* ---- 32-bit mode: does the processor have what the kernel needs? ----
 *
 * A missing feature would cause a triple fault later: the machine would reset without a word. So
 * the names of all missing features are written to the serial lines and the screen. EBX and EDI are
 * kept. SYSCALL is not checked here, because Intel's processors report it only to 64-bit code; see
 * cpuid.c. */

#define NEED_EFLAGS_ID 0x200000         /* a processor with CPUID lets this flag be changed */
#define COM1 0x3f8
#define COM2 0x2f8
#define SCREEN_LINE (0xb8000 + 22 * 160) /* the last three lines */
#define WHITE_ON_RED 0x4f
#define DEBUG_EXIT 0xf4                 /* QEMU's isa-debug-exit: so tools/vm sees the panic */
#define EXIT_PANICKED 17

    .code32
check_processor:
    cli
    cld
    mov $PHYS(boot_stack_top), %esp
    push %ebx
    xor %ebp, %ebp                      /* EDX of leaf 1 */
    xor %edx, %edx                      /* EDX of leaf 0x80000001 */
    pushfl
    pop %eax
    mov %eax, %ecx
    xor $NEED_EFLAGS_ID, %eax
    push %eax
    popfl
    pushfl
    pop %eax
    xor %ecx, %eax
    test $NEED_EFLAGS_ID, %eax
    jz 1f
    mov $1, %eax
    cpuid
    mov %edx, %ebp
    mov $0x80000000, %eax
    cpuid
    xor %edx, %edx
    cmp $0x80000001, %eax
    jb 1f
    mov $0x80000001, %eax
    cpuid
1:  mov %edx, %ebx
    xor %ecx, %ecx                      /* place on the screen; 0 while nothing is missing */
    mov $PHYS(needs), %esi
2:  lodsb                               /* a bit of EBP, or 32 + a bit of EBX; 0xff is the end */
    cmp $0xff, %al
    je 4f
    movzbl %al, %eax
    mov %ebp, %edx
    cmp $32, %eax
    jb 3f
    mov %ebx, %edx
3:  bt %eax, %edx                       /* modulo 32 */
    jc 5f
    test %ecx, %ecx
    jnz 6f
    mov $SCREEN_LINE, %ecx
    push %esi
    mov $PHYS(lacks_text), %esi
    call say
    pop %esi
6:  call say
    jmp 2b
5:  lodsb                               /* the feature is there: skip its name */
    test %al, %al
    jnz 5b
    jmp 2b
4:  test %ecx, %ecx
    jnz 7f
    pop %ebx
    jmp enter_long_mode
7:  mov $PHYS(lacks_end), %esi
    call say
    mov $DEBUG_EXIT, %edx
    mov $EXIT_PANICKED, %al
    out %al, %dx
8:  hlt
    jmp 8b

/* Writes the text at ESI, and moves ESI past its NUL. ECX is the place on the screen. */
say:
    lodsb
    test %al, %al
    jz 1f
    mov $COM1, %edx
    call say_serial
    mov $COM2, %edx
    call say_serial
    cmp $' ', %al
    jb say                              /* line ends are written to the serial lines only */
    mov $WHITE_ON_RED, %ah
    mov %ax, (%ecx)
    add $2, %ecx
    jmp say
1:  ret

/* Writes AL to the serial port at EDX, which may not exist. The loader or QEMU has set its
 * speed. */
say_serial:
    push %eax
    push %ecx
    add $5, %edx
    mov $100000, %ecx
1:  in %dx, %al
    test $0x20, %al                     /* ready for another letter */
    loopz 1b
    sub $5, %edx
    pop %ecx
    pop %eax
    out %al, %dx
    ret

    .section .rodata
needs:                                  /* the bit in EDX of leaf 1, or 32 more for 0x80000001 */
    .byte 0
    .asciz " FPU"
    .byte 4
    .asciz " TSC"
    .byte 5
    .asciz " MSR"
    .byte 6
    .asciz " PAE"
    .byte 8
    .asciz " CMPXCHG8B"
    .byte 9
    .asciz " APIC"
    .byte 15
    .asciz " CMOV"
    .byte 23
    .asciz " MMX"
    .byte 24
    .asciz " FXSR"
    .byte 25
    .asciz " SSE"
    .byte 26
    .asciz " SSE2"
    .byte 32 + 20
    .asciz " NX"
    .byte 32 + 29
    .asciz " long-mode"
    .byte 0xff
lacks_text:
    .asciz "\r\nPANIC: Ouros cannot run on this processor, which lacks:"
lacks_end:
    .asciz "\r\nOuros needs a 64-bit x86 processor; with QEMU: -cpu max or qemu64\r\nPANIC END\r\n"
    .text
    .code64

/* ---- 16-bit mode: smp.c copies this to AP_TRAMPOLINE, where another processor starts ---- */

#define MOVED(label) ((label) - trampoline + AP_TRAMPOLINE)

    .section .rodata
    .global trampoline, trampoline_end
    .code16
trampoline:
    cli
    xor %ax, %ax
    mov %ax, %ds
    lgdtl MOVED(trampoline_gdt_pointer)
    mov %cr0, %eax
    or $1, %al
    mov %eax, %cr0
    ljmpl $0x08, $MOVED(trampoline_32)
    .code32
trampoline_32:
    mov $0x10, %eax
    mov %eax, %ds
    mov %eax, %es
    mov %eax, %ss
    mov $PHYS(start_other_cpu), %eax
    jmp *%eax
    .balign 8
trampoline_gdt:
    .quad 0, 0x00cf9b000000ffff, 0x00cf93000000ffff     /* flat 32-bit code and data */
trampoline_gdt_pointer:
    .short 23
    .long MOVED(trampoline_gdt)
trampoline_end:
    .code64

/* ---- The first page tables; paging.c completes them ---- */

    .section .page_tables, "aw"
    .balign 4096
    .global boot_root, boot_stack_pdpt, boot_direct_pdpt, boot_image_pdpt
boot_root:
    .quad PHYS(boot_low_pdpt) + 3       /* identity, until all processors are up */
    .fill 272, 8, 0
    .quad PHYS(boot_direct_pdpt) + 3    /* 273: DIRECT_MAP */
    .fill 128, 8, 0
    .quad PHYS(boot_stack_pdpt) + 3     /* 402: KSTACK_AREA */
    .fill 108, 8, 0
    .quad PHYS(boot_image_pdpt) + 3     /* 511: KERNEL_BASE */
boot_low_pdpt:
    .quad PHYS(boot_low_pd) + 3
    .fill 511, 8, 0
boot_direct_pdpt:
    .quad PHYS(boot_low_pd) + 3
    .fill 511, 8, 0
boot_image_pdpt:
    .fill 510, 8, 0
    .quad PHYS(boot_low_pd) + 3
    .quad 0
boot_stack_pdpt:
    .fill 512, 8, 0
boot_low_pd:                            /* the first GB, in large pages */
    i = 0
    .rept 512
    .quad i + 0x83
    i = i + 0x200000
    .endr

    .global image_limit                 /* for kernel.ld */
    image_limit = IMAGE_TABLES * 0x200000

    .section .rodata
    .balign 8
boot_gdt:
    .quad 0, 0, 0x00209b0000000000, 0x0000930000000000  /* KERNEL_CS, KERNEL_SS */
boot_gdt_pointer:
    .short 31
    .long PHYS(boot_gdt), 0

    .data
next_cpu:
    .long 1

    .bss
    .balign 4096
    .global boot_stack_top, idle_stacks
    .skip 16384
boot_stack_top:
idle_stacks:
    .skip IDLE_STACK_BYTES * 8

    .section .note.GNU-stack, "", @progbits
