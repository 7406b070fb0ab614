/* Vector registers: loaded when a thread first uses them, saved when it used them and is switched
 * out.
 *
 * The vector registers of a thread may have more than 2 KB, and most threads do not use them
 * between two switches. So a switch does not load them. It sets CR0.TS, and the first vector
 * instruction afterwards traps (#NM); only then is the thread's state loaded. When the thread is
 * switched out, its state is saved if TS is clear, that is, if it used the registers.
 *
 * Often a thread comes back to a processor whose registers still hold its state, and then there is
 * nothing to load. To know that, each load gets a stamp, a number that is never used again. It is
 * kept by the processor, and also in some bytes of the saved state that the processor does not use.
 * The registers hold the thread's state if the processor's owner is that thread and the two stamps
 * are equal. If the thread has run on another processor meanwhile and loaded its state there, the
 * saved state has another stamp; so has the state of a new thread at the address of an old one.
 *
 * Which registers there are depends on the processor: XSAVE handles all components that XCR0 names,
 * and a program sees by CPUID and XGETBV which these are. A processor without XSAVE has FXSAVE,
 * whose state has 512 bytes. */
/* SPDX-License-Identifier: MIT */
#include "local.h"

enum { CR0_SWITCHED = 1 << 3, STAMP_AT = 504, HEADER_AT = 512, HEADER_BYTES = 64 };
enum { MXCSR_AT = 24, MXCSR_MASK_AT = 28, MXCSR_DEFAULT = 0x1f80 };
enum { MXCSR_AT_LEAST = 0xffbf }; /* the bits that every processor has; FXSAVE may report 0 */

uint32_t fpu_state_bytes = sizeof(struct fpu_state);
uint64_t fpu_features;
static uint32_t mxcsr_mask; /* constant after fpu_detect: the bits that MXCSR has */

/* Sets CR0.TS: vector instructions trap. */
static void set_switched(void)
{
    uint64_t cr0;
    asm volatile("mov %%cr0, %0" : "=r"(cr0));
    asm volatile("mov %0, %%cr0" ::"r"(cr0 | CR0_SWITCHED));
}

/* ---- Which state the processor has ---- */

void fpu_enable(uint64_t features)
{
    asm volatile("xsetbv" ::"c"(0), "a"((uint32_t)features), "d"((uint32_t)(features >> 32)));
}

static uint64_t *stamp_of(struct fpu_state *state)
{
    return (uint64_t *)(state->bytes + STAMP_AT);
}

static void switch_off(struct x86_cpu *arch)
{
    if (arch->fpu_live) {
        set_switched();
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

static uint32_t *mxcsr_of(struct fpu_state *state)
{
    return (uint32_t *)(state->bytes + MXCSR_AT);
}

/* XSTATE_BV: the components that the state holds. XRSTOR resets all others. */
static uint64_t *held_of(struct fpu_state *state)
{
    return (uint64_t *)((char *)state + HEADER_AT);
}

/* A page is enough for the largest state, with AVX-512. */
static uint8_t initial[PAGE_SIZE] __attribute__((aligned(64)));
const struct fpu_state *const fpu_initial = (const struct fpu_state *)initial;

/* As the processor starts: all exceptions masked, round to nearest. */
static void fill_initial(void)
{
    struct fpu_state *state = (struct fpu_state *)initial;
    assert(fpu_state_bytes <= sizeof(initial));
    *(uint16_t *)state->bytes = 0x037f; /* control word */
    *mxcsr_of(state) = MXCSR_DEFAULT;
    *(uint32_t *)(state->bytes + MXCSR_MASK_AT) = mxcsr_mask;
}

void fpu_init_state(struct fpu_state *state)
{
    memcpy(state, initial, fpu_state_bytes);
}

bool fpu_is_initial(uint64_t components, uint32_t mxcsr)
{
    return components == 0 && mxcsr == MXCSR_DEFAULT;
}

void fpu_detect(void)
{
    struct fpu_state state = {0};
    asm volatile("clts; fxsave64 %0" : "+m"(state));
    memcpy(&mxcsr_mask, state.bytes + MXCSR_MASK_AT, sizeof(mxcsr_mask));
    if (!mxcsr_mask)
        mxcsr_mask = MXCSR_AT_LEAST;
    set_switched();
    cpuid_detect_xsave();
    fill_initial();
}

void fpu_hold(struct fpu_state *state, uint64_t components)
{
    *held_of(state) = components;
}

/* XRSTOR would fault, in the kernel, on unknown bits of MXCSR and of the header. */
void fpu_sanitize(struct fpu_state *state, uint64_t components)
{
    *mxcsr_of(state) &= mxcsr_mask;
    *stamp_of(state) = 0;
    if (!fpu_features)
        return;
    uint64_t held = *held_of(state) & components & fpu_features;
    memset(held_of(state), 0, HEADER_BYTES);
    *held_of(state) = held;
}

/* ---- Saving and loading ---- */

static void save(struct fpu_state *state)
{
    if (fpu_features)
        asm volatile("xsave64 (%0)" ::"r"(state), "a"(-1), "d"(-1) : "memory");
    else
        asm volatile("fxsave64 (%0)" ::"r"(state) : "memory");
}

static void load(const struct fpu_state *state)
{
    if (fpu_features)
        asm volatile("xrstor64 (%0)" ::"r"(state), "a"(-1), "d"(-1) : "memory");
    else
        asm volatile("fxrstor64 (%0)" ::"r"(state) : "memory");
}

void fpu_flush(struct thread *thread, struct fpu_state *state)
{
    struct cpu *cpu = this_cpu();
    if (cpu->arch->fpu_live && still_loaded(cpu, thread, state))
        save(state);
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
    load(state);
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
