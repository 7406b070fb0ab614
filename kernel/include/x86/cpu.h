/* Processors: the data of each, and how one waits, halts and wakes others. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stdint.h>

enum { MAX_CPUS = 8 };

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

void cpu_poll(void);        /* serves the requests of other processors */
void cpu_pause(void);       /* PAUSE, then cpu_poll(); for every loop that spins */
void cpu_idle(void);        /* halts until an interrupt; interrupts are on only meanwhile */
void cpu_wake(void);        /* called first in every interrupt, which may have ended cpu_idle */
void cpu_kick(uint32_t id); /* sets `resched` on that processor, by an IPI if it is another one */
void cpu_stop_others(void); /* for a panic: the other processors halt for good */
