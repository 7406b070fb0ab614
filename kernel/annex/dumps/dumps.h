/* Core files: their names, which are a setting of /proc/sys. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include "proc.h"

enum { CORE_PATTERN_SIZE = 128 };
void core_pattern_get(char copy[CORE_PATTERN_SIZE]);
/* Sets the pattern; one that is too long is cut. 0, or -EINVAL if the core should be piped to a
 * program or a socket, which does not exist here. */
int core_pattern_set(const char *given);
bool core_adds_pid(void); /* ".PID" is added to a pattern without %p */
void core_set_adds_pid(bool adds);

/* Writes the path of the core to a page. Takes proc_lock. */
void core_name(struct thread *self, int signal, char *path);
