/* The trap room: what happened while other code ran: faults, interrupts, NMIs, and the end by
 * panic.
 *
 * No lock: it works on the frame it was given. The reports take none either. */
#pragma once

#include "x86.h"

/* x86's handlers (struct x86_handlers). */
void trap_enter(struct trap_frame *frame);
void trap_stop_report(struct trap_frame *frame); /* NMI and double fault */

/* lib's panic hook. */
_Noreturn void panic_report(const char *file, int line, const char *message);
/* A panic that a trap in the kernel brought about: the report shows its registers. */
_Noreturn void panic_trap(struct trap_frame *frame, const char *what);
/* Answers a letter of SysRq on the log; c, b and o do not come back. */
void sysrq(char letter);
/* The processor's interrupted code, with names: for panic and NMI. */
void panic_log_backtrace(uint64_t rip, uint64_t rbp);
