/* Threads: the part that only assembly can do. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include "x86/trap.h"

struct thread; /* sched.h */

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
