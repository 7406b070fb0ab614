/* The syscall room: the door through which programs enter the kernel, and the tracer that watches
 * it.
 *
 * It has no lock: a call in progress belongs to its thread, and the ring of last calls to its
 * processor.
 */
#pragma once

#include <stdint.h>

struct cpu;
struct trace_hooks;
struct trap_frame;

/* A program's call: number in rax, arguments in rdi, rsi, rdx, r10, r8, r9; the result goes to rax.
 * x86's handler for SYSCALL; it ends with what is due before user mode (signals, a switch). */
void syscall_enter(struct trap_frame *frame);

/* The name of a call, or NULL when there is none of that number. */
const char *syscall_name(uint64_t number);

/* How proc's events look in a trace. */
extern const struct trace_hooks syscall_trace_hooks;

/* Logs the last calls of a processor, oldest first; for the panic report: takes no lock, allocates
 * nothing. */
void syscall_log_last(const struct cpu *cpu);
