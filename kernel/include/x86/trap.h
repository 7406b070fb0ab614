/* What a trap or a system call saves, and what can be read from it. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

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
    IRQ_MESSAGE,
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
