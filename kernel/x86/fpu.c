/* Vector registers, lazily: loaded at a thread's first use, saved when it used them and goes.
 *
 * Each load gets a stamp, kept by the processor and in bytes of the state that FXSAVE leaves alone.
 * The registers still hold a thread's state if the processor's owner is that thread and the stamps
 * agree: a load on another processor, or by another thread at the same address, has another one. */
#include "local.h"

enum { CR0_SWITCHED = 1 << 3, STAMP_AT = 504 };

static uint64_t *stamp_of(struct fpu_state *state)
{
    return (uint64_t *)(state->bytes + STAMP_AT);
}

static void switch_off(struct x86_cpu *arch)
{
    if (arch->fpu_live) {
        uint64_t cr0;
        asm volatile("mov %%cr0, %0" : "=r"(cr0));
        asm volatile("mov %0, %%cr0" ::"r"(cr0 | CR0_SWITCHED));
        arch->fpu_live = false;
    }
}

static void switch_on(struct x86_cpu *arch)
{
    asm volatile("clts");
    arch->fpu_live = true;
}

static bool still_loaded(struct cpu *cpu, struct thread *thread, struct fpu_state *state)
{
    return state && cpu->fpu_owner == thread && cpu->arch->fpu_stamp == *stamp_of(state);
}

/* As the processor starts: all exceptions masked, round to nearest. */
void fpu_init_state(struct fpu_state *state)
{
    memset(state, 0, sizeof(*state));
    *(uint16_t *)state->bytes = 0x037f;        /* control word */
    *(uint32_t *)(state->bytes + 24) = 0x1f80; /* MXCSR */
}

void fpu_flush(struct thread *thread, struct fpu_state *state)
{
    struct cpu *cpu = this_cpu();
    if (cpu->arch->fpu_live && still_loaded(cpu, thread, state))
        asm volatile("fxsave64 %0" : "+m"(*state));
}

void fpu_switch_out(struct thread *thread, struct fpu_state *state)
{
    fpu_flush(thread, state);
    switch_off(this_cpu()->arch);
}

void fpu_switch_in(struct thread *thread, struct fpu_state *state)
{
    struct cpu *cpu = this_cpu();
    if (still_loaded(cpu, thread, state))
        switch_on(cpu->arch);
    else
        switch_off(cpu->arch);
}

void fpu_first_use(struct thread *thread, struct fpu_state *state)
{
    static uint64_t last_stamp;
    struct cpu *cpu = this_cpu();
    switch_on(cpu->arch);
    if (still_loaded(cpu, thread, state))
        return;
    *(uint32_t *)(state->bytes + 24) &= 0xffff; /* MXCSR's other bits would fault */
    asm volatile("fxrstor64 %0" ::"m"(*state));
    cpu->fpu_owner = thread;
    cpu->arch->fpu_stamp = __atomic_add_fetch(&last_stamp, 1, __ATOMIC_RELAXED);
    *stamp_of(state) = cpu->arch->fpu_stamp;
}

void fpu_forget(struct thread *thread)
{
    struct cpu *cpu = this_cpu();
    if (cpu->fpu_owner == thread) {
        cpu->fpu_owner = NULL;
        switch_off(cpu->arch);
    }
}
