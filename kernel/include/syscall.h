/* The syscall room: the door through which programs enter the kernel.
 *
 * It gets the arguments of a call from the registers and calls its handler, which is in the room or
 * annex that the table syscall.tbl names. The rest of the room is generated from this table.
 *
 * Lock: none is needed. A call belongs to its thread, and the ring of last calls to its processor.
 *
 * Read syscall.tbl first, then door.c. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdint.h>

struct trap_frame;

/* Performs a system call: the number is in rax, the arguments are in rdi, rsi, rdx, r10, r8, r9,
 * and the result will be in rax. This is x86's handler for SYSCALL. At the end it does what is due
 * before user mode. */
void syscall_enter(struct trap_frame *frame);
