/* The trap room: answers to faults, interrupts and NMIs, and the report of a panic.
 *
 * Lock: the room has no locks and works on the frame that it is given. Its reports take no locks
 * either, because the code that was interrupted may hold any.
 *
 * Read trap.c first, then panic.c. The boot room, above it, makes trap_enter
 * and panic_report hooks of x86 and lib. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include "x86.h"

void trap_enter(struct trap_frame *frame); /* the hook: exceptions and interrupts */

/* The hook of panics: writes the report to the log and ends the machine. */
_Noreturn void panic_report(const char *file, int line, const char *message);
/* A panic caused by a trap in the kernel: the report shows the registers in the frame. */
_Noreturn void panic_trap(struct trap_frame *frame, const char *what);
/* Logs the symbol of rip and of each return address above the frame pointer rbp. */
void panic_log_backtrace(uint64_t rip, uint64_t rbp);
void panic_log_way(void); /* the same for the place of the panic */

/* Where a panic came from. */
extern struct panic_origin {
    struct trap_frame *trap; /* the kernel's fault that caused it, or NULL */
    uint64_t address;        /* CR2 at that moment */
    uint64_t rip, rbp;       /* where the backtrace begins */
} panic_origin;
