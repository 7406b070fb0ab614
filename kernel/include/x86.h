/* The x86 room: everything that only this processor family knows. Assembly and port I/O live here
 * alone.
 *
 * Rules that this room sets for all others:
 * - Kernel code runs with interrupts off; they are on only in user mode and while cpu_idle() halts.
 * - Whoever spins calls cpu_poll(), so that a waiting processor still answers the others.
 * - User memory is reached only through the user_* functions below, which may fault: never with a
 * spinlock held.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib.h"
#include "sizes.h"

/* ---- Sizes and the map of the address space ---- */

enum {
    MAX_CPUS = 8,
    PAGE_SHIFT = 12,
    PAGE_SIZE = 4096,
    TABLE_ENTRIES = 512,
    KSTACK_BYTES = KSTACK_PAGES * PAGE_SIZE,
};

#define USER_END \
    0x00007ffffffff000ull /* first address past user space (the last page stays unused) */
#define DIRECT_MAP \
    0xffff888000000000ull /* all physical memory, readable and writable, never executable */
#define KSTACK_AREA 0xffffc90000000000ull /* kernel stacks, a guard page below each */
#define KERNEL_BASE 0xffffffff80000000ull /* the kernel's own image */

typedef uint64_t paddr_t; /* a physical address, in bytes */

static inline void *phys_to_virt(paddr_t phys)
{
    return (void *)(phys + DIRECT_MAP);
}
paddr_t virt_to_phys(const void *virt); /* of a direct-map or kernel-image address */

/* ---- User addresses: numbers that C cannot dereference ---- */

typedef struct {
    uint64_t at;
} uaddr_t;

static inline uaddr_t uaddr(uint64_t at)
{
    return (uaddr_t){at};
}
static inline uaddr_t uaddr_add(uaddr_t u, uint64_t n)
{
    return (uaddr_t){u.at + n};
}
static inline bool uaddr_is_null(uaddr_t u)
{
    return u.at == 0;
}
/* True when all of [u, u+n) lies in user space (says nothing about whether it is mapped). */
static inline bool uaddr_range_ok(uaddr_t u, uint64_t n)
{
    return n <= USER_END && u.at <= USER_END - n;
}

/* Copy n bytes; 0, or -EFAULT when any byte could not be reached (some may have been copied). */
int user_copy_in(void *to, uaddr_t from, size_t n);
int user_copy_out(uaddr_t to, const void *from, size_t n);
/* The same, but the result is how many bytes were copied from the start, for read and write. */
size_t user_copy_in_some(void *to, uaddr_t from, size_t n);
size_t user_copy_out_some(uaddr_t to, const void *from, size_t n);
/* Writes n zero bytes; how many were written from the start. */
size_t user_clear_some(uaddr_t to, size_t n);
/* Copies a string with its NUL into to[size]; its length, -EFAULT, or -ENAMETOOLONG when it does
 * not fit. */
long user_copy_string(char *to, uaddr_t from, size_t size);
/* Compare-and-swap and exchange on an aligned user word (futex); 0 or -EFAULT; *old gets what was
 * there. */
int user_cmpxchg32(uaddr_t at, uint32_t expected, uint32_t desired, uint32_t *old);

/* Whole-page moves, unrolled for emulation; both page-aligned kernel addresses. */
void page_clear(void *page);
void page_copy(void *to, const void *from);

/* ---- Locks that spin ---- */

/* A lock may be taken only when its rank is above every rank that the thread (mutexes) or processor
 * (spinlocks) already holds. Lowest first: taken first. Nobody sleeps, and nobody copies to or from
 * user memory, while holding a spinlock; a mutex (sched.h) may be held over both. */
enum lock_rank {
    RANK_NONE,
    /* mutexes */
    RANK_POSITION, /* vfs: an open file's position, over a read or write */
    RANK_RENAME,   /* vfs: moves of directories, one at a time */
    RANK_TTY,      /* dev: one terminal's readers */
    RANK_PIPE,     /* ipc: one pipe's contents */
    RANK_LOCKS,    /* vfs: the locks that programs put on one file */
    RANK_CONTENTS, /* vfs: a file's contents against size changes; two of them in address order */
    RANK_CONTENTS_2,
    RANK_EXEC, /* proc: a process's space may not be replaced while another looks into it */
    /* spinlocks */
    RANK_SPACE,   /* mm: an address space; taken by page faults, also those of user copies */
    RANK_FDS,     /* vfs: a descriptor table */
    RANK_FILE,    /* vfs: an open file's position and flags */
    RANK_INODE,   /* vfs: an inode: attributes, entries, pages; a directory before what is in it */
    RANK_INODE_2, /* two directories in order of ancestor first, then address */
    RANK_INODE_3,
    RANK_INODE_4,
    RANK_NAMES,     /* vfs: names and parents of all entries */
    RANK_BACKING,   /* mm: which areas map a file */
    RANK_ITIMER,    /* proc: who sets an interval timer */
    RANK_PROC,      /* proc: the process tree, groups, sessions, exit and wait */
    RANK_SIGNAL,    /* proc: a process's pending signals and actions */
    RANK_ACTIONS,   /* proc: actions that several processes share */
    RANK_USERS,     /* vfs: the users that are counted */
    RANK_DEVICE,    /* dev: a ring that an interrupt fills */
    RANK_FUTEX,     /* ipc: who sleeps on which word */
    RANK_WAITQ,     /* sched: a wait queue */
    RANK_TIMER,     /* sched: all timers */
    RANK_RUNQ,      /* sched: a processor's run queue */
    RANK_OBJECT,    /* mm: a small-object cache */
    RANK_FRAME,     /* mm: free frames */
    RANK_SHOOTDOWN, /* x86: one TLB shootdown at a time */
    RANK_LOG,       /* the log's port: last, so that anyone may speak */
};

struct cpu;

struct spinlock {
    uint32_t taken; /* atomic: 0 free, else the lock_mark of the processor that holds it */
    uint16_t rank;
    uint16_t held; /* the rank that it is held under */
    const char *name;
};

#define SPINLOCK(lock_name, lock_rank) ((struct spinlock){.name = (lock_name), .rank = (lock_rank)})

static inline void spin_init(struct spinlock *lock, const char *name, enum lock_rank rank)
{
    *lock = SPINLOCK(name, rank);
}
/* spin_lock, spin_lock_as and spin_unlock stand below struct cpu. */

/* ---- Processors ---- */

struct thread; /* sched.h */
struct trap_frame;

/* The per-processor block, found through GS in the kernel. `self`, `kernel_stack` and `user_rsp`
 * are used by entry.S at fixed places. Only the processor itself writes its block, unless a field
 * says otherwise. */
struct cpu {
    struct cpu *self;
    uint64_t kernel_stack; /* top of the current thread's kernel stack, for SYSCALL; the TSS has it
                              too */
    uint64_t user_rsp;     /* scratch of the SYSCALL entry */
    struct thread *thread; /* the current thread */
    uint32_t id;           /* 0 is the one that booted */
    uint32_t apic_id;
    bool online;        /* atomic; read by all */
    bool halted;        /* atomic: it is in cpu_idle, and calls cpu_wake before all else */
    bool resched;       /* a switch is wanted before going back to user mode; also set by IPI */
    uint32_t lock_mark; /* constant: id + 1, what a spinlock holds that this processor has taken */
    struct thread *fpu_owner;   /* whose state is in the vector registers, or NULL */
    uint64_t kernel_flushes;    /* written here, read by all: shootdown.c's count when it last
                                   forgot the kernel's pages */
    uint32_t requests;          /* atomic bits set by other processors: CPU_REQUEST_* */
    void *sched;                /* sched's own per-processor data (struct run_queue) */
    void *mm;                   /* mm's own per-processor data (free frames at hand) */
    uint64_t last_calls[16][4]; /* ring of system calls for the panic report: number, first three
                                   arguments */
    uint32_t last_call;         /* next place in it */
    struct x86_cpu *arch;       /* descriptor tables, TSS, exception stacks: x86's own */
    uint64_t n_interrupts[16];  /* so far, by vector from IRQ_TIMER on; read by all */
    uint64_t spin_ranks;        /* the ranks of the spinlocks held, as bits: 0 where it sleeps */
};

extern struct cpu *cpus[MAX_CPUS]; /* by id; NULL where there is none */
extern uint32_t n_cpus;            /* online processors; constant once boot is over */

static inline struct cpu *this_cpu(void)
{
    struct cpu *cpu;
    __asm__ volatile("mov %%gs:0, %0"
                     : "=r"(cpu)); /* volatile: a thread may move between two sleeps */
    return cpu;
}
static inline struct thread *current_thread(void)
{
    struct thread *thread;
    __asm__ volatile("mov %%gs:24, %0" : "=r"(thread));
    return thread;
}

/* ---- Spinlocks: what every lock and unlock does, where it is called ---- */

/* A table: a shift by a variable is dear under emulation. */
extern const uint64_t spin_rank_bit[64];
/* What does not happen often: comes back with the lock taken, or panics for a wrong order. */
void spin_wait(struct spinlock *lock, unsigned rank);
_Noreturn void spin_not_held(const struct spinlock *lock);

static inline bool spin_try(struct spinlock *lock, uint32_t mark)
{
    uint32_t free = 0;
    return __atomic_compare_exchange_n(&lock->taken, &free, mark, false, __ATOMIC_ACQUIRE,
                                       __ATOMIC_RELAXED);
}

/* Under another rank than its own: the second of its kind. */
static inline void spin_lock_as(struct spinlock *lock, unsigned rank)
{
    struct cpu *cpu = this_cpu();
    uint64_t bit = spin_rank_bit[rank];
    if (unlikely(cpu->spin_ranks >= bit || !spin_try(lock, cpu->lock_mark)))
        spin_wait(lock, rank);
    cpu->spin_ranks |= bit;
    lock->held = (uint16_t)rank;
}

static inline void spin_lock(struct spinlock *lock)
{
    spin_lock_as(lock, lock->rank);
}

static inline void spin_unlock(struct spinlock *lock)
{
    struct cpu *cpu = this_cpu();
    if (unlikely(lock->taken != cpu->lock_mark))
        spin_not_held(lock);
    cpu->spin_ranks ^= spin_rank_bit[lock->held];
    __atomic_store_n(&lock->taken, 0, __ATOMIC_RELEASE);
}

void cpu_poll(void);  /* serve requests of other processors; called wherever the kernel spins */
void cpu_pause(void); /* PAUSE, then cpu_poll() */
void cpu_idle(void);  /* wait for an interrupt with interrupts on for just that time */
void cpu_wake(void);  /* first in every interrupt: it may have ended cpu_idle */
void cpu_kick(uint32_t id); /* make that processor look at its run queue (reschedule IPI) */
void cpu_stop_others(void); /* panic: the others halt for good */

/* ---- What a trap saves ---- */

/* Also the layout of a SYSCALL: `vector` is then TRAP_SYSCALL and `error` the call's number as it
 * came. */
struct trap_frame {
    uint64_t r15, r14, r13, r12, rbp, rbx, r11, r10, r9, r8, rax, rcx, rdx, rsi, rdi;
    uint64_t vector, error;
    uint64_t rip, cs, rflags, rsp, ss;
};

enum {
    TRAP_DIVIDE = 0,
    TRAP_DEBUG = 1,
    TRAP_NMI = 2,
    TRAP_BREAKPOINT = 3,
    TRAP_OVERFLOW = 4,
    TRAP_BOUND = 5,
    TRAP_INVALID_OPCODE = 6,
    TRAP_NO_FPU = 7,
    TRAP_DOUBLE_FAULT = 8,
    TRAP_INVALID_TSS = 10,
    TRAP_NO_SEGMENT = 11,
    TRAP_STACK = 12,
    TRAP_PROTECTION = 13,
    TRAP_PAGE_FAULT = 14,
    TRAP_FPU = 16,
    TRAP_ALIGNMENT = 17,
    TRAP_MACHINE_CHECK = 18,
    TRAP_SIMD = 19,
    IRQ_TIMER = 32,
    IRQ_COM1,
    IRQ_COM2,
    IRQ_KEYBOARD,
    IRQ_RESCHEDULE,
    IRQ_REQUEST,
    IRQ_SPURIOUS = 47,
    TRAP_SYSCALL = 256,
    TRAP_SYSCALL_CHANGED,
    USER_CS = 0x33,
    USER_SS = 0x2b, /* Linux's selectors, which programs may see */
};

enum { FAULT_PRESENT = 1, FAULT_WRITE = 2, FAULT_USER = 4, FAULT_RESERVED = 8, FAULT_FETCH = 16 };

/* After a change of the registers that a SYSCALL saved, other than its result: now all count. */
static inline void trap_frame_changed(struct trap_frame *frame)
{
    if (frame->vector == TRAP_SYSCALL)
        frame->vector = TRAP_SYSCALL_CHANGED;
}
static inline bool trap_from_user(const struct trap_frame *frame)
{
    return (frame->cs & 3) == 3;
}
uint64_t fault_address(void); /* CR2 */
/* If the trap happened in a user copy, moves frame->rip to its landing place and says true. */
bool user_copy_land(struct trap_frame *frame);
/* Symbol of a kernel address into buf ("name+0x12"); buf is returned. */
const char *kernel_symbol(uint64_t address, char *buf, size_t size);
/* Return addresses of the stack that starts at frame pointer rbp, at most n; how many. Stops at bad
 * pointers. */
size_t kernel_backtrace(uint64_t rbp, uint64_t *addresses, size_t n);

/* Handlers that the trap room provides; x86 calls them with interrupts off on the thread's kernel
 * stack. */
struct x86_handlers {
    void (*trap)(struct trap_frame *frame);        /* exceptions and interrupts */
    void (*syscall)(struct trap_frame *frame);     /* the door */
    void (*stop_report)(struct trap_frame *frame); /* NMI and double fault, on their own stacks */
};
extern struct x86_handlers x86_handlers;

/* ---- Threads of control ---- */

/* Saves the callee-saved registers on the current kernel stack, its pointer in *save, and continues
 * at `load`. */
void context_switch(uint64_t *save_rsp, uint64_t load_rsp);
/* Prepares a fresh kernel stack so that the first switch to it calls start(arg); returns its stack
 * pointer. */
uint64_t context_init(void *stack_top, void (*start)(void *), void *arg);
/* Goes to user mode with these registers; the frame lies at the top of the current kernel stack. */
__attribute__((noreturn)) void user_enter(struct trap_frame *frame);
/* The frame of the thread whose kernel stack ends at stack_top: where entry.S puts it. */
static inline struct trap_frame *trap_frame_at(void *stack_top)
{
    return (struct trap_frame *)stack_top - 1;
}
/* Tells SYSCALL and the TSS where the thread that runs next has its kernel stack. */
void cpu_set_kernel_stack(void *stack_top);

/* Segment registers of the user that are not in the trap frame. */
void user_fs_base_set(uint64_t base);
void user_gs_base_set(uint64_t base);
/* The selectors in DS, ES, FS and GS, 16 bits each. Loading them makes both bases 0. */
uint64_t user_selectors(void);
void user_selectors_load(uint64_t selectors);
enum { SELECTOR_FS_SHIFT = 32, SELECTOR_GS_SHIFT = 48 };
bool uaddr_canonical(uint64_t address);

/* Vector state, as XSAVE writes it: x87 and SSE in the first 512 bytes, which are all that there is
 * on a processor with FXSAVE only; then a header, and AVX and AVX-512 where the processor has them.
 * Saved when a thread that used it since it was switched in is switched out; loaded again on the
 * first use (#NM), or not at all if it is still in the registers. */
struct fpu_state {
    uint8_t bytes[512]; /* of fpu_state_bytes */
} __attribute__((aligned(64)));
extern uint32_t fpu_state_bytes; /* constant after x86_init_early */
extern uint64_t fpu_features;    /* XCR0: the components, as bits; 0 without XSAVE */
void fpu_init_state(struct fpu_state *state);
/* The state at a program's start, and whether one that a program wrote is the same as that: by what
 * counts, the components that it holds and MXCSR. Only with XSAVE. */
extern const struct fpu_state *const fpu_initial;
bool fpu_is_initial(uint64_t components, uint32_t mxcsr);
/* Says that the state holds these components and no others; only with XSAVE. */
void fpu_hold(struct fpu_state *state, uint64_t components);
/* Makes a state that a program wrote one that the processor takes: of the components only those in
 * the mask count, the others are as at a program's start. */
void fpu_sanitize(struct fpu_state *state, uint64_t components);
void fpu_switch_out(struct thread *thread, struct fpu_state *state); /* saves if used */
void fpu_switch_in(struct thread *thread,
                   struct fpu_state *state); /* arms #NM, or nothing if still loaded */
void fpu_first_use(struct thread *thread, struct fpu_state *state); /* from #NM */
void fpu_flush(struct thread *thread,
               struct fpu_state *state); /* state is true in memory (fork, signal frames) */
void fpu_forget(struct thread *thread);  /* memory state was changed, or the thread is gone */

/* ---- Page tables ---- */

typedef uint64_t pte_t;

enum {
    PTE_PRESENT = 1 << 0,
    PTE_WRITE = 1 << 1,
    PTE_USER = 1 << 2,
    PTE_WRITE_THROUGH = 1 << 3,
    PTE_NO_CACHE = 1 << 4,
    PTE_ACCESSED = 1 << 5,
    PTE_DIRTY = 1 << 6,
    PTE_LARGE = 1 << 7,
    PTE_GLOBAL = 1 << 8,
    PTE_SOFT_SHARED = 1 << 9, /* ours: a MAP_SHARED page, not copied when written */
    PTE_SOFT_2 = 1 << 10,
    PTE_SOFT_3 = 1 << 11,
};
#define PTE_NX      (1ull << 63)
#define PTE_ADDRESS 0x000ffffffffff000ull

static inline paddr_t pte_phys(pte_t pte)
{
    return pte & PTE_ADDRESS;
}
static inline unsigned table_index(uint64_t address, int level)
{ /* level 4 is the root, 1 holds pages */
    return (address >> (PAGE_SHIFT + 9 * (level - 1))) & (TABLE_ENTRIES - 1);
}

/* The boot's page table: what a processor has loaded that has no space. The used entries of its
 * upper half are in every root. */
extern pte_t *kernel_root;
void root_add_kernel(pte_t *root);    /* gives an empty root the kernel's half */
void root_remove_kernel(pte_t *root); /* clears it again */
void root_load(const pte_t *root);    /* writes CR3: all user translations are forgotten */
int kernel_map(uint64_t address, paddr_t phys,
               uint64_t flags);          /* one page of kernel space; 0 or -ENOMEM */
paddr_t kernel_unmap(uint64_t address);  /* what was there; the caller flushes */
extern paddr_t (*x86_table_alloc)(void); /* a zeroed frame for kernel_map, or 0; set by boot */
paddr_t x86_memory_limit(void);          /* end of what the direct map can hold */

#define ALL_CPUS UINT32_MAX
/* Every processor of the mask (bit = id), also this one, forgets the pages [start, start+n_pages)
 * and where tables are; if n_pages is 0, all but global pages. Waits until they have. */
void tlb_shootdown(uint32_t cpu_mask, uint64_t start, size_t n_pages);
/* Every processor forgets all it knows, global pages included, before it looks at them again. Waits
 * for those that run; halted ones are left alone and do it when they wake. */
void tlb_shootdown_kernel(void);

/* ---- Time ---- */

static inline uint64_t cycle_count(void) /* TSC */
{
    uint32_t low, high;
    __asm__ volatile("rdtsc" : "=a"(low), "=d"(high));
    return (uint64_t)high << 32 | low;
}
extern uint64_t clock_first_cycle, clock_ns_per_cycle; /* constant; the second in 1 / 2^32 ns */
/* Nanoseconds since boot, never backwards, the same on all processors. */
static inline uint64_t clock_ns(void)
{
    uint64_t cycles = cycle_count() - clock_first_cycle;
    return (uint64_t)((unsigned __int128)cycles * clock_ns_per_cycle >> 32);
}
uint64_t clock_boot_realtime_ns(void); /* the time of day, since 1970, when clock_ns() was 0 */
/* This processor's IRQ_TIMER comes at that clock_ns(); UINT64_MAX disarms it. */
void timer_arm(uint64_t deadline_ns);
uint64_t clock_frequency(void); /* of the TSC, in Hz */

/* ---- Ports and machine ---- */

uint8_t port_in8(uint16_t port);
void port_out8(uint16_t port, uint8_t value);
void port_out16(uint16_t port, uint16_t value);
void irq_enable(unsigned vector); /* IRQ_COM1 (COM1 and COM3), IRQ_COM2 (COM2 and COM4),
                                     IRQ_KEYBOARD: routed to processor 0 */

void irq_acknowledge(unsigned vector); /* by trap, once an interrupt was served */

enum machine_end { MACHINE_OFF = 0x10, MACHINE_PANIC = 0x11, MACHINE_REBOOT = 0x12 };
__attribute__((noreturn)) void
machine_end(enum machine_end how); /* isa-debug-exit, else ACPI, else halt */

bool random_hardware(uint64_t *value);  /* RDRAND if there is one */
void cpu_brand(char *buf, size_t size); /* the model name of CPUID, for /proc/cpuinfo */
/* Feature names as /proc/cpuinfo writes them, separated by spaces, cut at size. */
void cpu_flags(char *buf, size_t size);
enum { CPU_FLAGS_BYTES = 512 }; /* room for all of them */
/* What CPUID says of this processor, for /proc/cpuinfo and /sys; 0 is what it does not say. */
struct cpu_identity {
    char vendor[13];
    uint32_t level, family, model, stepping;
    uint32_t cache_kb;     /* of the second level */
    uint32_t clflush_size; /* bytes */
    uint32_t physical_bits, virtual_bits;
    uint32_t core_shift;    /* apic_id >> core_shift: which core */
    uint32_t package_shift; /* apic_id >> package_shift: which package */
};
void cpu_identify(struct cpu_identity *identity);
uint32_t cpu_hwcap(void); /* CPUID.1:EDX, for AT_HWCAP */

/* ---- Bring-up, called by boot in this order ---- */

void x86_init_early(void); /* descriptor tables, features, of processor 0 */
/* Maps all memory up to end; takes the tables' pages from the front of *spare, which shrinks. */
void x86_map_memory(paddr_t end, struct memory_range *spare);
/* ACPI, APICs, clocks. Each APIC's LINT1 is set to NMI (no firmware did it under qboot): that is
 * how QEMU's inject-nmi gets in, by which tools/vm asks for the report at a time-out. */
void x86_init_devices(paddr_t rsdp);
void x86_start_others(void (*entry)(
    void)); /* starts every processor that ACPI lists; each runs entry() on its own idle stack */
