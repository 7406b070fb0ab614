/* Line editing at a terminal: cursor keys move in the line, and earlier lines can be called up. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stddef.h>

/* Prints the prompt and reads a line into text[size], without its newline. The result is its
 * length; -1 for Ctrl-D in an empty line and at the end of input; -2 after a signal (Ctrl-C). */
int edit_line(const char *prompt, char *text, size_t size);
