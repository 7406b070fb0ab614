/* The x86 room: everything that depends on the processor family. All assembly and all port I/O of
 * the kernel are here.
 *
 * The room sets three rules for all others:
 * - Kernel code runs with interrupts off. They are on only in user mode and while cpu_idle() halts.
 * - Code that spins calls cpu_pause() in its loop, so that a waiting processor still answers the
 *   requests of the others.
 * - User memory is reached only through the user_* functions below. They may take page faults and
 *   therefore must not be called with a spinlock held.
 *
 * Lock: the room's two locks (RANK_OBJECT for kernel page tables, RANK_SHOOTDOWN) are taken inside.
 * What a comment calls "of this processor" needs no lock, since interrupts are off.
 *
 * Read start.S, entry.S and switch.S first: how the kernel is entered and left. Then cpu.c and
 * paging.c (the tables that they need), copy.S and user.c (user memory), spinlock.c, fpu.c; then
 * devices (acpi.c, apic.c, clock.c) and the other processors (smp.c, shootdown.c).
 *
 * Hooks (hooks.h) say what a trap and a system call do. Both are called with interrupts off, on the
 * thread's kernel stack; NMI and double fault, which are traps too, on stacks of their own. */
/* SPDX-License-Identifier: MIT */
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
    0x00007ffffffff000ull /* the first address after user space; the page there is never mapped */
#define DIRECT_MAP \
    0xffff888000000000ull /* all physical memory, readable and writable, never executable */
#define KSTACK_AREA 0xffffc90000000000ull /* kernel stacks, each with a guard page below it */
#define KERNEL_BASE 0xffffffff80000000ull /* the kernel's own image */

typedef uint64_t paddr_t; /* a physical address, in bytes */

static inline void *phys_to_virt(paddr_t phys)
{
    return (void *)(phys + DIRECT_MAP);
}
paddr_t virt_to_phys(const void *virt); /* of a direct-map or kernel-image address */

/* ---- User addresses: of a type that C cannot dereference, so that none is used by mistake ---- */

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
/* True if all of [u, u+n) lies in user space, whether it is mapped or not. */
static inline bool uaddr_range_ok(uaddr_t u, uint64_t n)
{
    return n <= USER_END && u.at <= USER_END - n;
}

/* Copy n bytes; 0, or -EFAULT if a byte cannot be accessed (bytes before it may be copied). */
int user_copy_in(void *to, uaddr_t from, size_t n);
int user_copy_out(uaddr_t to, const void *from, size_t n);
/* The same, but the result is how many bytes were copied, from the start on: for read and write. */
size_t user_copy_in_some(void *to, uaddr_t from, size_t n);
size_t user_copy_out_some(uaddr_t to, const void *from, size_t n);
/* Writes n zero bytes; the result is how many were written, from the start on. */
size_t user_clear_some(uaddr_t to, size_t n);
/* Copies a string with its NUL into to[size]. The result is its length, -EFAULT, or -ENAMETOOLONG
 * if it does not fit. */
long user_copy_string(char *to, uaddr_t from, size_t size);
/* Compare-and-exchange of an aligned user word, for futexes. *old gets the value that was there; if
 * that is `expected`, the word becomes `desired`. 0, or -EFAULT, also if it is not aligned. */
int user_cmpxchg32(uaddr_t at, uint32_t expected, uint32_t desired, uint32_t *old);

/* Clear and copy a whole page. The addresses are of the kernel and page-aligned. */
void page_clear(void *page);
void page_copy(void *to, const void *from);

/* ---- Locks that spin ---- */

/* The order in which locks are taken. A lock may be taken only if its rank is greater than every
 * rank that the thread (for mutexes) or the processor (for spinlocks) holds already, so no circle
 * of threads can wait for each other. A thread that holds a spinlock must not sleep and must not
 * copy from or to user memory; one that holds a mutex (sched.h) may do both. X(RANK, name). */
// clang-format off
#define LOCK_RANKS(X) \
    /* mutexes */ \
    X(POSITION, "file position")       /* vfs: an open file's position, over a read or write */ \
    X(RENAME, "rename")                /* vfs: moves of directories, one at a time */ \
    X(TTY, "terminal")                 /* dev: one terminal's readers */ \
    X(PIPE, "pipe")                    /* ipc: one pipe's contents */ \
    X(LOCKS, "file locks")             /* vfs: the locks that programs put on one file */ \
    X(CONTENTS, "file contents")       /* vfs: a file's contents; of two the lower address */ \
    X(CONTENTS_2, "file contents (2nd)") \
    X(EXEC, "exec")                    /* proc: a space in use: exec must not replace it */ \
    /* spinlocks */ \
    X(SPACE, "space")                  /* mm: an address space; taken by page faults */ \
    X(FDS, "descriptors")              /* vfs: a descriptor table */ \
    X(FILE, "file")                    /* vfs: an open file's position and flags */ \
    X(INODE, "inode")                  /* vfs: an inode; a directory before its dentries */ \
    X(INODE_2, "inode (2nd)")          /* of two the ancestor first, or the lower address */ \
    X(INODE_3, "inode (3rd)") \
    X(INODE_4, "inode (4th)") \
    X(NAMES, "names")                  /* vfs: names and parents of all dentries */ \
    X(BACKING, "backing")              /* mm: which VMAs map a file */ \
    X(ITIMER, "interval timer")        /* proc: the setting of an interval timer */ \
    X(PROC, "processes")               /* proc: the process tree, groups, exit and wait */ \
    X(SIGNAL, "signals")               /* proc: a process's pending signals and actions */ \
    X(ACTIONS, "signal actions")       /* proc: actions that several processes share */ \
    X(USERS, "users")                  /* vfs: the users that are counted */ \
    X(DEVICE, "device")                /* dev: a ring that an interrupt fills */ \
    X(FUTEX, "futex")                  /* ipc: which threads sleep on which word */ \
    X(WAITQ, "wait queue")             /* sched: a wait queue */ \
    X(LATER, "waiters")                /* sched: the waiters that are still to be woken */ \
    X(TIMER, "timers")                 /* sched: all timers */ \
    X(RUNQ, "run queue")               /* sched: a processor's run queue */ \
    X(OBJECT, "objects")               /* mm: a small-object cache */ \
    X(FRAME, "frames")                 /* mm: free frames */ \
    X(SHOOTDOWN, "shootdown")          /* x86: one TLB shootdown at a time */ \
    X(LOG, "log")                      /* last: a line can be logged with any lock held */
// clang-format on
#define LOCK_RANK(rank, name) RANK_##rank,
enum lock_rank { RANK_NONE, LOCK_RANKS(LOCK_RANK) N_LOCK_RANKS };
#undef LOCK_RANK
extern const char *const lock_rank_names[N_LOCK_RANKS]; /* for reports */

struct cpu;

struct spinlock {
    uint32_t taken; /* atomic: 0 if free, otherwise the lock_mark of the processor that holds it */
    uint16_t rank;
    uint16_t held; /* the rank under which it is held now */
    const char *name;
};

#define SPINLOCK(lock_name, lock_rank) ((struct spinlock){.name = (lock_name), .rank = (lock_rank)})

static inline void spin_init(struct spinlock *lock, const char *name, enum lock_rank rank)
{
    *lock = SPINLOCK(name, rank);
}
/* spin_lock, spin_lock_as and spin_unlock are below struct cpu, which they use. */

/* ---- Processors ---- */

struct thread; /* sched.h */
struct trap_frame;

/* One processor. While the kernel runs, the base of GS is the address of the processor's own struct
 * cpu. entry.S uses `self`, `kernel_stack` and `user_rsp` at fixed offsets. Only the processor
 * itself writes its fields, unless a field says otherwise. */
struct cpu {
    struct cpu *self;
    uint64_t kernel_stack; /* top of the current thread's kernel stack, for SYSCALL; for traps the
                              TSS has it too */
    uint64_t user_rsp;     /* syscall_entry keeps the program's RSP here for a moment */
    struct thread *thread; /* the current thread */
    uint32_t id;           /* 0 is the processor that booted */
    uint32_t apic_id;
    bool halted;        /* atomic: it is in cpu_idle, and will call cpu_wake before all else */
    bool resched;       /* switch threads before the return to user mode; also set by an IPI */
    uint32_t lock_mark; /* constant: id + 1, the value of `taken` in locks of this processor */
    struct thread *fpu_owner;   /* the thread whose state is in the vector registers, or NULL */
    uint64_t kernel_flushes;    /* read by all: shootdown.c's count when this processor last
                                   flushed translations of kernel pages */
    uint32_t requests;          /* atomic bits set by other processors: CPU_REQUEST_* */
    uint64_t last_calls[16][4]; /* ring of system calls for the panic report: number, first three
                                   arguments */
    uint32_t last_call;         /* the next place to write in the ring */
    struct x86_cpu *arch;       /* descriptor tables, TSS, exception stacks: x86's own */
    uint64_t n_interrupts[16];  /* so far, by vector from IRQ_TIMER on; read by all */
    uint64_t spin_ranks;        /* ranks of the spinlocks held, as bits; 0 while a thread sleeps */
};

extern struct cpu *cpus[MAX_CPUS]; /* by id; NULL where there is none */
extern uint32_t n_cpus;            /* processors that are online; constant after boot */

static inline struct cpu *this_cpu(void)
{
    struct cpu *cpu;
    __asm__ volatile("mov %%gs:0, %0"
                     : "=r"(cpu)); /* volatile: a thread may wake up on another processor */
    return cpu;
}
static inline struct thread *current_thread(void)
{
    struct thread *thread;
    __asm__ volatile("mov %%gs:24, %0" : "=r"(thread));
    return thread;
}

/* ---- Spinlocks: the short paths, inlined; the rest and the explanation are in spinlock.c ---- */

/* 1 << rank. A table, because a shift by a variable is expensive under emulation. */
extern const uint64_t spin_rank_bit[64];
/* The long paths: waits until the lock is taken, or panics because of a wrong order or release. */
void spin_wait(struct spinlock *lock, unsigned rank);
_Noreturn void spin_not_held(const struct spinlock *lock);

static inline bool spin_try(struct spinlock *lock, uint32_t mark)
{
    uint32_t free = 0;
    return __atomic_compare_exchange_n(&lock->taken, &free, mark, false, __ATOMIC_ACQUIRE,
                                       __ATOMIC_RELAXED);
}

/* Takes the lock under another rank than its own, because one of its kind is held already. */
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

void cpu_poll(void);        /* serves the requests of other processors */
void cpu_pause(void);       /* PAUSE, then cpu_poll(); for every loop that spins */
void cpu_idle(void);        /* halts until an interrupt; interrupts are on only meanwhile */
void cpu_wake(void);        /* called first in every interrupt, which may have ended cpu_idle */
void cpu_kick(uint32_t id); /* sets `resched` on that processor, by an IPI if it is another one */
void cpu_stop_others(void); /* for a panic: the other processors halt for good */

/* ---- What a trap saves ---- */

/* All registers of the interrupted code, at the top of the thread's kernel stack if that was user
 * code. SYSCALL uses the same layout: `vector` is then TRAP_SYSCALL, and `error` the number of the
 * call as the program gave it. */
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

/* To be called when registers that a SYSCALL saved are changed, other than its result: the way back
 * must then restore all registers (see entry.S). */
static inline void trap_frame_changed(struct trap_frame *frame)
{
    if (frame->vector == TRAP_SYSCALL)
        frame->vector = TRAP_SYSCALL_CHANGED;
}
static inline bool trap_from_user(const struct trap_frame *frame)
{
    return (frame->cs & 3) == 3;
}
/* Is the frame a call's, which may start again? Not that of what rt_sigreturn went back to, nor
 * where a tracer took the number away. */
static inline bool trap_of_call(const struct trap_frame *frame)
{
    return frame->vector >= TRAP_SYSCALL && (int32_t)frame->error != -1;
}
uint64_t fault_address(void); /* CR2 */
/* If the trap happened at an instruction of a user copy, moves frame->rip to the fixup of that
 * instruction and returns true: the copy then fails instead of the kernel. */
bool user_copy_fixup(struct trap_frame *frame);
/* Writes the symbol of a kernel address to buf, as "name+0x12", and returns buf. */
const char *kernel_symbol(uint64_t address, char *buf, size_t size);
uint32_t kernel_symbol_bytes(uint64_t address); /* from it to the next one; 0 where there is none */
/* Stores at most n return addresses, from the frame pointer rbp upwards; the result is how many.
 * Stops at the first pointer that is not plausible. */
size_t kernel_backtrace(uint64_t rbp, uint64_t *addresses, size_t n);
/* The same of a stack that may change meanwhile: pointers only below `end`. */
size_t kernel_backtrace_below(uint64_t rbp, uint64_t end, uint64_t *addresses, size_t n);

/* ---- Threads: the part that only assembly can do ---- */

/* Pushes the callee-saved registers on the current stack, stores its pointer in *save_rsp, and
 * continues on the stack whose pointer was stored as load_rsp. */
void context_switch(uint64_t *save_rsp, uint64_t load_rsp);
/* Prepares a new kernel stack so that the first switch to it calls start(arg), which must not
 * return. The result is its stack pointer, for context_switch. */
uint64_t context_init(void *stack_top, void (*start)(void *), void *arg);
/* Enters user mode with these registers. The frame is at the top of the current kernel stack. */
__attribute__((noreturn)) void user_enter(struct trap_frame *frame);
/* The trap frame of the thread whose kernel stack ends at stack_top: entry.S puts it there. */
static inline struct trap_frame *trap_frame_at(void *stack_top)
{
    return (struct trap_frame *)stack_top - 1;
}
/* Sets the kernel stack that this processor changes to on the next SYSCALL or trap from user
 * mode. */
void cpu_set_kernel_stack(void *stack_top);

/* The segment registers of the current thread's user mode, which are not in the trap frame. */
void user_fs_base_set(uint64_t base);
void user_gs_base_set(uint64_t base);
/* The selectors in DS, ES, FS and GS, 16 bits each. Loading them makes both bases 0. */
uint64_t user_selectors(void);
void user_selectors_load(uint64_t selectors);
enum { SELECTOR_FS_SHIFT = 32, SELECTOR_GS_SHIFT = 48 };
/* True if bits 63 to 47 of the address are equal: any other address faults by itself. */
bool uaddr_canonical(uint64_t address);

/* Vector state, as XSAVE writes it: x87 and SSE in the first 512 bytes, which are all that there is
 * on a processor with FXSAVE only; then a header, and AVX and AVX-512 where the processor has them.
 * fpu.c explains when it is saved and loaded. */
struct fpu_state {
    uint8_t bytes[512]; /* of fpu_state_bytes */
} __attribute__((aligned(64)));
extern uint32_t fpu_state_bytes; /* constant after x86_init_early */
extern uint64_t fpu_features;    /* XCR0: the components, as bits; 0 without XSAVE */
void fpu_init_state(struct fpu_state *state);
/* The state at a program's start. */
extern const struct fpu_state *const fpu_initial;
/* True if a state with these components and this MXCSR is the initial one. Only with XSAVE. */
bool fpu_is_initial(uint64_t components, uint32_t mxcsr);
/* Notes in the state that it holds these components and no others. Only with XSAVE. */
void fpu_hold(struct fpu_state *state, uint64_t components);
/* Makes a state that a program wrote safe to load. Only the components in the mask are kept; the
 * others become as at a program's start. */
void fpu_sanitize(struct fpu_state *state, uint64_t components);
/* Switching out saves the state if the thread used it. Switching in lets the next use trap (#NM),
 * unless the state is still in the registers. fpu_first_use loads the state after that trap. */
void fpu_switch_out(struct thread *thread, struct fpu_state *state);
void fpu_switch_in(struct thread *thread, struct fpu_state *state);
void fpu_first_use(struct thread *thread, struct fpu_state *state);
/* Brings the state in memory up to date, for fork and signal frames. */
void fpu_flush(struct thread *thread, struct fpu_state *state);
/* Drops the state in the registers: that in memory has been changed, or the thread has ended. */
void fpu_forget(struct thread *thread);

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
    PTE_SOFT_SHARED = 1 << 9, /* for the kernel's use: a MAP_SHARED page, not copied on write */
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

/* The root page table (PML4) of a processor that has no address space loaded. All roots have the
 * entries of its upper half. */
extern pte_t *kernel_root;
void root_add_kernel(pte_t *root);    /* copies the kernel's entries into an empty root */
void root_remove_kernel(pte_t *root); /* clears them again */
void root_load(const pte_t *root);    /* writes CR3, which flushes all user translations */
/* Maps one page of kernel space; table_alloc gives zeroed frames for page tables, or 0. 0 or
 * -ENOMEM. */
int kernel_map(uint64_t address, paddr_t phys, uint64_t flags, paddr_t (*table_alloc)(void));
/* Clears the entry and returns the frame that was mapped, or 0. The caller flushes the TLBs. */
paddr_t kernel_unmap(uint64_t address);
paddr_t x86_memory_limit(void); /* the end of the memory that the direct map can contain */

#define ALL_CPUS UINT32_MAX
/* Flushes, in the TLB of each processor of the mask (bit = id), the translations of the pages
 * [start, start + n_pages * PAGE_SIZE), or of all but global pages if n_pages is 0. Returns when
 * all of them have done so: then no processor uses an old translation any more. */
void tlb_shootdown(uint32_t cpu_mask, uint64_t start, size_t n_pages);
/* Flushes everything, global pages included, in all TLBs. Returns when all processors that run have
 * done so. A halted one is left alone: it flushes before it next accesses those pages. */
void tlb_shootdown_kernel(void);

/* ---- Time ---- */

static inline uint64_t cycle_count(void) /* TSC */
{
    uint32_t low, high;
    __asm__ volatile("rdtsc" : "=a"(low), "=d"(high));
    return (uint64_t)high << 32 | low;
}
extern uint64_t clock_first_cycle, clock_ns_per_cycle; /* constant; the latter in 2^-32 ns */
/* Nanoseconds since boot. It never runs backwards and is the same on all processors. */
static inline uint64_t clock_ns(void)
{
    uint64_t cycles = cycle_count() - clock_first_cycle;
    return (uint64_t)((unsigned __int128)cycles * clock_ns_per_cycle >> 32);
}
uint64_t clock_boot_realtime_ns(void); /* ns from 1970 to the moment when clock_ns() was 0 */
/* Asks for an IRQ_TIMER on this processor when clock_ns() reaches the deadline, and for no other.
 * UINT64_MAX disarms the timer. It may fire early: the handler looks at the clock. */
void timer_arm(uint64_t deadline_ns);
uint64_t clock_frequency(void); /* of the TSC, in Hz */

/* ---- Ports and machine ---- */

uint8_t port_in8(uint16_t port);
void port_out8(uint16_t port, uint8_t value);
void port_out16(uint16_t port, uint16_t value);
/* Routes a device's interrupt to processor 0, where trap has handler() called, with interrupts off:
 * IRQ_COM1 (COM1 and COM3), IRQ_COM2 (COM2 and COM4), IRQ_KEYBOARD. Bring-up only. */
void irq_enable(unsigned vector, void (*handler)(void));
void irq_handle(unsigned vector);      /* by trap: calls the handler */
void irq_acknowledge(unsigned vector); /* by trap, when an interrupt has come */

enum machine_end { MACHINE_OFF = 0x10, MACHINE_PANIC = 0x11, MACHINE_REBOOT = 0x12 };
/* Ends the machine: by QEMU's isa-debug-exit if it is there, otherwise by the chipset; if neither
 * helps, this processor halts. */
__attribute__((noreturn)) void machine_end(enum machine_end how);

bool random_hardware(uint64_t *value); /* a random number by RDRAND; false without one */
uint32_t cpu_hwcap(void);              /* CPUID.1:EDX, for AT_HWCAP */

/* ---- Bring-up, called by boot in this order ---- */

void x86_init_early(void); /* descriptor tables and features of processor 0 */
/* Maps all memory up to `end` and the kernel's image. Page tables are taken from the start of
 * *spare, which shrinks. */
void x86_map_memory(paddr_t end, struct memory_range *spare);
/* Reads ACPI's tables (rsdp: physical address of the root pointer, or 0) and starts the APICs and
 * clocks. */
void x86_init_devices(paddr_t rsdp);
/* Starts every processor that ACPI lists. Each runs entry(), which must not return, on its own idle
 * stack. */
void x86_start_others(void (*entry)(void));
