/* The descriptor tables of each processor, its struct cpu, and the features that are turned on.
 *
 * The processor finds the kernel through tables in memory. The IDT says for each vector which stub
 * of entry.S to call; all processors share it. The GDT describes the segments of the kernel and of
 * user mode, which cover all memory and differ only in their privilege, and the TSS. The TSS says
 * which stack to use: the kernel stack of the current thread for traps from user mode, and separate
 * stacks (IST) for NMI and double fault, because those must work even if RSP is unusable. Each
 * processor has its own GDT and TSS, since each runs another thread.
 *
 * While the kernel runs, the base of GS is the address of the processor's struct cpu. In user mode
 * it is what the program has set. SWAPGS exchanges the two (see entry.S). */
/* SPDX-License-Identifier: MIT */
#include "local.h"

struct cpu *cpus[MAX_CPUS];
uint32_t n_cpus;
struct cpu cpu_blocks[MAX_CPUS];

static struct x86_cpu arch_blocks[MAX_CPUS];

struct gate {
    uint16_t offset_low, selector;
    uint8_t ist, type;
    uint16_t offset_middle;
    uint32_t offset_high, reserved;
};
static struct gate idt[256];

struct table_pointer {
    uint16_t limit;
    uint64_t base;
} __attribute__((packed));

extern const char trap_stubs[], nmi_entry[], double_fault_entry[], syscall_entry[];

enum { N_STUBS = 48, GATE_KERNEL = 0x8e, GATE_USER = 0xee, IST_NMI = 1, IST_DOUBLE_FAULT = 2 };
enum { TSS_SELECTOR = 0x40, CR4_FXSR = 1 << 9, CR4_SIMD = 1 << 10 };
enum { CR4_UMIP = 1 << 11, CR4_OSXSAVE = 1 << 18, CR4_SMEP = 1 << 20, CR4_SMAP = 1 << 21 };
enum { CR0_MONITOR = 1 << 1, CR0_EMULATE = 1 << 2, CR0_SWITCHED = 1 << 3, CR0_NE = 1 << 5 };
enum { CR0_WP = 1 << 16, CR0_AM = 1 << 18 };

static void idt_set(unsigned vector, const char *entry, unsigned type, unsigned ist)
{
    uint64_t at = (uint64_t)entry;
    idt[vector] = (struct gate){
        .offset_low = (uint16_t)at,
        .offset_middle = (uint16_t)(at >> 16),
        .offset_high = (uint32_t)(at >> 32),
        .selector = KERNEL_CS,
        .type = (uint8_t)type,
        .ist = (uint8_t)ist,
    };
}

/* Fills the IDT. Programs may execute INT3 and INTO, so those two gates admit user mode. */
static void idt_init(void)
{
    for (unsigned i = 0; i < N_STUBS; i++) {
        bool from_user = i == TRAP_BREAKPOINT || i == TRAP_OVERFLOW;
        idt_set(i, trap_stubs + 16 * i, from_user ? GATE_USER : GATE_KERNEL, 0);
    }
    idt_set(TRAP_NMI, nmi_entry, GATE_KERNEL, IST_NMI);
    idt_set(TRAP_DOUBLE_FAULT, double_fault_entry, GATE_KERNEL, IST_DOUBLE_FAULT);
}

/* SYSCALL and SYSRET compute their selectors from MSR_STAR, which fixes the order of the
 * entries. */
static void gdt_fill(uint64_t gdt[10], const struct tss *tss)
{
    uint64_t base = (uint64_t)tss;
    gdt[KERNEL_CS / 8] = 0x00209b0000000000;
    gdt[KERNEL_SS / 8] = 0x0000930000000000;
    gdt[USER_SS / 8] = 0x0000f30000000000;
    gdt[USER_CS / 8] = 0x0020fb0000000000;
    gdt[TSS_SELECTOR / 8] =
        (sizeof(*tss) - 1) | (base & 0xffffff) << 16 | 0x89ull << 40 | (base >> 24 & 0xff) << 56;
    gdt[TSS_SELECTOR / 8 + 1] = base >> 32;
}

static void tables_load(struct x86_cpu *arch)
{
    struct table_pointer gdt = {sizeof(arch->gdt) - 1, (uint64_t)arch->gdt};
    struct table_pointer interrupts = {sizeof(idt) - 1, (uint64_t)idt};
    asm volatile("lgdt %0" ::"m"(gdt));
    asm volatile("lidt %0" ::"m"(interrupts));
    asm volatile("ltr %w0" ::"r"(TSS_SELECTOR));
}

void cpu_init_tables(uint32_t id)
{
    struct cpu *cpu = &cpu_blocks[id];
    struct x86_cpu *arch = &arch_blocks[id];
    cpu->self = cpu;
    cpu->id = id;
    cpu->lock_mark = id + 1;
    cpu->arch = arch;
    arch->tss.ist[IST_NMI - 1] = (uint64_t)(arch->nmi_stack + TRAP_STACK_BYTES);
    arch->tss.ist[IST_DOUBLE_FAULT - 1] = (uint64_t)(arch->double_fault_stack + TRAP_STACK_BYTES);
    arch->tss.io_map = sizeof(arch->tss);
    gdt_fill(arch->gdt, &arch->tss);
    tables_load(arch);
    msr_write(MSR_GS_BASE, (uint64_t)cpu);
    msr_write(MSR_KERNEL_GS_BASE, 0);
    msr_write(MSR_FS_BASE, 0);
    cpus[id] = cpu;
}

static void enable_control_bits(void)
{
    uint64_t cr0, cr4;
    asm volatile("mov %%cr4, %0" : "=r"(cr4));
    cr4 |= CR4_FXSR | CR4_SIMD;
    cr4 |= cpu_features.pge ? CR4_PGE : 0;
    cr4 |= cpu_features.umip ? CR4_UMIP : 0;
    cr4 |= cpu_features.xsave ? CR4_OSXSAVE : 0;
    cr4 |= cpu_features.smep ? CR4_SMEP : 0;
    cr4 |= cpu_features.smap ? CR4_SMAP : 0;
    asm volatile("mov %0, %%cr4" ::"r"(cr4));
    asm volatile("mov %%cr0, %0" : "=r"(cr0));
    cr0 &= ~(uint64_t)CR0_EMULATE;
    cr0 |= CR0_MONITOR | CR0_SWITCHED | CR0_NE | CR0_WP | CR0_AM;
    asm volatile("mov %0, %%cr0" ::"r"(cr0));
}

/* MSR_FMASK: SYSCALL clears IF, DF, TF, IOPL, NT and AC, so that the kernel starts from known
 * flags. */
void cpu_enable_features(void)
{
    enable_control_bits();
    if (fpu_features)
        fpu_enable(fpu_features);
    msr_write(MSR_STAR, (uint64_t)(USER_SS - 8) << 48 | (uint64_t)KERNEL_CS << 32);
    msr_write(MSR_LSTAR, (uint64_t)syscall_entry);
    msr_write(MSR_FMASK, 0x47700);
}

void x86_init_early(void)
{
    cpuid_detect();
    idt_init();
    cpu_init_tables(0);
    copy_patch_smap();
    cpu_enable_features();
    fpu_detect();
    n_cpus = 1;
    cpuid_require();
}

void cpu_set_kernel_stack(void *stack_top)
{
    struct cpu *cpu = this_cpu();
    cpu->kernel_stack = (uint64_t)stack_top;
    cpu->arch->tss.rsp[0] = (uint64_t)stack_top;
}

/* A thread has a base other than 0 only with the null selector: see thread_save_segments in
 * sched. */
void user_fs_base_set(uint64_t base)
{
    uint16_t fs;
    asm volatile("mov %%fs, %0" : "=r"(fs));
    if (fs)
        asm volatile("mov %0, %%fs" ::"r"(0));
    msr_write(MSR_FS_BASE, base);
}

/* A program may load these registers. That changes the base to 0, as all data segments are flat. */
uint64_t user_selectors(void)
{
    uint16_t ds, es, fs, gs;
    asm volatile("mov %%ds, %0" : "=r"(ds));
    asm volatile("mov %%es, %0" : "=r"(es));
    asm volatile("mov %%fs, %0" : "=r"(fs));
    asm volatile("mov %%gs, %0" : "=r"(gs));
    return ds | (uint64_t)es << 16 | (uint64_t)fs << SELECTOR_FS_SHIFT |
           (uint64_t)gs << SELECTOR_GS_SHIFT;
}

/* Loading GS changes its base. SWAPGS before and after makes that the user's base and not the
 * kernel's. An NMI in between sees by the sign of the base that it is the user's. */
void user_selectors_load(uint64_t selectors)
{
    asm volatile("mov %0, %%ds" ::"r"((uint16_t)selectors));
    asm volatile("mov %0, %%es" ::"r"((uint16_t)(selectors >> 16)));
    asm volatile("mov %0, %%fs" ::"r"((uint16_t)(selectors >> SELECTOR_FS_SHIFT)));
    asm volatile("swapgs; mov %0, %%gs; swapgs" ::"r"((uint16_t)(selectors >> SELECTOR_GS_SHIFT)));
    msr_write(MSR_FS_BASE, 0); /* AMD's processors keep the base when the selector is null */
    msr_write(MSR_KERNEL_GS_BASE, 0);
}

/* While the kernel runs, the user's base is in MSR_KERNEL_GS_BASE, from where SWAPGS restores
 * it. */
void user_gs_base_set(uint64_t base)
{
    uint16_t gs;
    asm volatile("mov %%gs, %0" : "=r"(gs));
    if (gs)
        asm volatile("swapgs; mov %0, %%gs; swapgs" ::"r"(0));
    msr_write(MSR_KERNEL_GS_BASE, base);
}

bool uaddr_canonical(uint64_t address)
{
    return address >> 47 == 0 || address >> 47 == 0x1ffff;
}

uint64_t fault_address(void)
{
    uint64_t cr2;
    asm volatile("mov %%cr2, %0" : "=r"(cr2));
    return cr2;
}

/* STI takes effect after the next instruction, so no interrupt is taken between STI and HLT: it
 * would be served, and the processor would then halt although there is work. */
void cpu_idle(void)
{
    __atomic_store_n(&this_cpu()->halted, true, __ATOMIC_SEQ_CST);
    asm volatile("sti; hlt; cli" ::: "memory");
    cpu_wake();
}

/* NMI and double fault, from entry.S. A panic stops the other processors by an NMI: they end
 * here. */
void stop_entry(struct trap_frame *frame);
void stop_entry(struct trap_frame *frame)
{
    uint32_t requests = __atomic_load_n(&this_cpu()->requests, __ATOMIC_ACQUIRE);
    if (frame->vector == TRAP_NMI && (requests & REQUEST_STOP))
        for (;;)
            asm volatile("cli; hlt");
    hooks.trap(frame);
}
