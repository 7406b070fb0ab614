/* Names of functions of programs, for the line about a fault. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stddef.h>
#include <stdint.h>

/* Writes " (function+offset)" for an address in the current process's program; an empty string if
 * there is no symbol. Takes exec_lock; may sleep. */
void program_symbol(uint64_t address, char *text, size_t size);
