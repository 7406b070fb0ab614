/* What the files of the x86 room share among themselves. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include "asm.h"
#include "hooks.h"
#include "x86.h"

_Static_assert(offsetof(struct hooks, trap) == HOOK_TRAP, "entry.S");
_Static_assert(offsetof(struct hooks, syscall) == HOOK_SYSCALL, "entry.S");
_Static_assert(offsetof(struct cpu, kernel_stack) == CPU_KERNEL_STACK, "entry.S");
_Static_assert(offsetof(struct cpu, user_rsp) == CPU_USER_RSP, "entry.S");
_Static_assert(offsetof(struct cpu, thread) == 24, "current_thread");
_Static_assert(sizeof(struct trap_frame) == FRAME_BYTES, "entry.S");
_Static_assert(offsetof(struct trap_frame, rbp) == FRAME_RBP, "entry.S");
_Static_assert(offsetof(struct trap_frame, r11) == FRAME_R11, "entry.S");
_Static_assert(offsetof(struct trap_frame, r10) == FRAME_R10, "entry.S");
_Static_assert(offsetof(struct trap_frame, r9) == FRAME_R9, "entry.S");
_Static_assert(offsetof(struct trap_frame, r8) == FRAME_R8, "entry.S");
_Static_assert(offsetof(struct trap_frame, rax) == FRAME_RAX, "entry.S");
_Static_assert(offsetof(struct trap_frame, rcx) == FRAME_RCX, "entry.S");
_Static_assert(offsetof(struct trap_frame, rdx) == FRAME_RDX, "entry.S");
_Static_assert(offsetof(struct trap_frame, rsi) == FRAME_RSI, "entry.S");
_Static_assert(offsetof(struct trap_frame, rdi) == FRAME_RDI, "entry.S");
_Static_assert(offsetof(struct trap_frame, vector) == FRAME_VECTOR, "entry.S");
_Static_assert(offsetof(struct trap_frame, rip) == FRAME_RIP, "entry.S");
_Static_assert(offsetof(struct trap_frame, rsp) == FRAME_RSP, "entry.S");

enum { REQUEST_FLUSH = 1, REQUEST_STOP = 2 }; /* cpu->requests */
enum { CR4_PGE = 1 << 7 };
enum { TRAP_STACK_BYTES = 8192 };

struct tss {
    uint32_t reserved_0;
    uint64_t rsp[3];
    uint64_t reserved_1;
    uint64_t ist[7];
    uint64_t reserved_2;
    uint16_t reserved_3, io_map;
} __attribute__((packed));

/* One processor's tables, and its stacks for NMI and double fault. */
struct x86_cpu {
    uint64_t gdt[10];
    struct tss tss;
    bool fpu_live;      /* CR0.TS is clear: fpu_owner uses the vector registers */
    uint64_t fpu_stamp; /* the stamp of the last load; see fpu.c */
    uint8_t nmi_stack[TRAP_STACK_BYTES] __attribute__((aligned(16)));
    uint8_t double_fault_stack[TRAP_STACK_BYTES] __attribute__((aligned(16)));
};

extern struct cpu cpu_blocks[MAX_CPUS];

/* The features that the room itself uses. */
struct cpu_features {
    bool smep, smap, umip, pge, gb_pages, rdrand, xsave;
};
extern struct cpu_features cpu_features;
struct cpuid {
    uint32_t eax, ebx, ecx, edx;
};
struct cpuid cpuid_sub(uint32_t leaf, uint32_t sub);
static inline struct cpuid cpuid(uint32_t leaf)
{
    return cpuid_sub(leaf, 0);
}
/* Zeros for a leaf above the greatest, for which the processor returns the values of some other. */
struct cpuid cpuid_or_zero(uint32_t leaf);
void cpuid_detect(void);            /* fills cpu_features */
void cpuid_require(void);           /* panics if there is no SYSCALL */
void cpuid_detect_xsave(void);      /* fills fpu_features and fpu_state_bytes; OSXSAVE is on */
void fpu_detect(void);              /* finds out which vector state there is; leaves CR0.TS set */
void fpu_enable(uint64_t features); /* writes XCR0, of this processor */
void cpu_enable_features(void);     /* control registers, SYSCALL, of this processor */
void cpu_init_tables(uint32_t id);  /* descriptor tables and GS, of this processor */
void copy_patch_smap(void);         /* replaces the placeholders of copy.S by STAC and CLAC */

/* apic.c */
extern uint32_t lapic_ticks_per_ms;
void lapic_init(void); /* of this processor, as all functions with lapic_ */
uint32_t lapic_id(void);
void lapic_send(uint32_t apic_id, uint32_t command);
uint32_t lapic_timer_count(void);
void lapic_timer_start(uint32_t count);
void ioapic_init(paddr_t base);
enum { IPI_FIXED = 0x4000, IPI_NMI = 0x4400, IPI_INIT = 0x4500, IPI_STARTUP = 0x4600 };

/* acpi.c: what the MADT says */
struct acpi_machine {
    uint32_t n_processors;
    uint8_t apic_ids[MAX_CPUS];
    paddr_t io_apic;
    uint32_t irq_line[16];  /* for each legacy interrupt its input at the I/O APIC */
    uint16_t irq_flags[16]; /* MPS INTI flags: polarity and trigger */
};
extern struct acpi_machine acpi_machine;
void acpi_read(paddr_t rsdp);

void clock_init(void);                 /* calibrates the TSC and the local APIC's timer */
void paging_drop_identity(void);       /* once the last processor has started */
void tlb_flush_page(uint64_t address); /* these three flush the TLB of this processor */
void tlb_flush_user(void);             /* all but global pages */
void tlb_flush_all(void);              /* global pages too */

static inline uint64_t msr_read(uint32_t msr)
{
    uint32_t low, high;
    asm volatile("rdmsr" : "=a"(low), "=d"(high) : "c"(msr));
    return (uint64_t)high << 32 | low;
}

static inline void msr_write(uint32_t msr, uint64_t value)
{
    asm volatile("wrmsr" ::"c"(msr), "a"((uint32_t)value), "d"((uint32_t)(value >> 32)));
}
