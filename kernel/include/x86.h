/* The x86 room: everything that depends on the processor family. All assembly and all port I/O of
 * the kernel are here.
 *
 * The room sets three rules for all others:
 * - Kernel code runs with interrupts off. They are on only in user mode and while cpu_idle() halts.
 * - Code that spins calls cpu_pause() in its loop, so that a waiting processor still answers the
 *   requests of the others.
 * - User memory is reached only through the user_* functions (x86/user.h). They may take page
 * faults and therefore must not be called with a spinlock held.
 *
 * Lock: the room's two locks (RANK_OBJECT for kernel page tables, RANK_SHOOTDOWN) are taken inside.
 * What a comment calls "of this processor" needs no lock, since interrupts are off.
 *
 * The headers in x86/ describe the parts; this one includes them all.
 *
 * Read start.S, entry.S and switch.S first: how the kernel is entered and left. Then cpu.c and
 * paging.c (the tables that they need), copy.S and user.c (user memory), spinlock.c, fpu.c; then
 * devices (acpi.c, apic.c, clock.c) and the other processors (smp.c, shootdown.c).
 *
 * Hooks (hooks.h) say what a trap and a system call do. Both are called with interrupts off, on the
 * thread's kernel stack; NMI and double fault, which are traps too, on stacks of their own. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include "lib.h"
#include "x86/clock.h"
#include "x86/context.h"
#include "x86/cpu.h"
#include "x86/lock.h"
#include "x86/paging.h"
#include "x86/trap.h"
#include "x86/user.h"

/* ---- Ports and machine ---- */

uint8_t port_in8(uint16_t port);
void port_out8(uint16_t port, uint8_t value);
uint16_t port_in16(uint16_t port);
void port_out16(uint16_t port, uint16_t value);
uint32_t port_in32(uint16_t port);
void port_out32(uint16_t port, uint32_t value);
/* Routes a device's interrupt to processor 0 as IRQ_COM1 or IRQ_KEYBOARD, for which trap has
 * handler() called, with interrupts off. `irq` is its number on a PC, 0 to 15. Bring-up only. */
void irq_enable(unsigned vector, unsigned irq, void (*handler)(void));
/* The same for IRQ_MESSAGE, which a device sends itself: it writes the vector to this address. */
uint32_t irq_message(unsigned vector, void (*handler)(void));
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
