/* The first instructions: from GRUB (Multiboot2), QEMU's -kernel (PVH), of each other processor. */
#include "asm.h"

#define KERNEL_BASE 0xffffffff80000000
#define PHYS(symbol) ((symbol) - KERNEL_BASE)
#define BOOT_OTHER_CPU 0
#define BOOT_MULTIBOOT2 1               /* enum boot_protocol in boot.h */
#define BOOT_PVH 2

/* ---- What the loaders look for ---- */

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

/* ---- 32 bits, no paging, EBX: the loader's information ---- */

    .text
    .code32
    .global start_multiboot
start_multiboot:
    mov $BOOT_MULTIBOOT2, %edi
    jmp enter_long_mode
start_pvh:
    mov $BOOT_PVH, %edi
    jmp enter_long_mode
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
1:  mov $1, %edi                        /* the number of this processor: next to come */
    lock xadd %edi, next_cpu(%rip)
    mov %edi, %eax
    inc %eax
    imul $IDLE_STACK_BYTES, %rax, %rax
    lea idle_stacks(%rip), %rsp
    add %rax, %rsp
    call other_cpu_main
    ud2

/* ---- 16 bits: copied to AP_TRAMPOLINE, where a startup IPI sends a processor ---- */

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

/* ---- Tables for the way up; paging.c completes them ---- */

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
