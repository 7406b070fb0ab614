/* What the files of the annex futex share. */
#pragma once

#include "mm.h"

/* Wakes at most `most` threads that sleep in futex on this word of the space; how many. For a
 * thread's end (CLONE_CHILD_CLEARTID). */
int futex_wake(struct space *space, uint64_t address, unsigned most);
