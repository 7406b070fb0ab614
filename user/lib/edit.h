/* A line that is typed at a terminal: the cursor's keys move in it, and earlier lines come back. */
#pragma once

#include <stddef.h>

/* Reads a line into `text`, without its newline, after the prompt. Its length; -1 at Ctrl-D in an
 * empty line and at the end of input; -2 when a signal came (Ctrl-C). */
int edit_line(const char *prompt, char *text, size_t size);
