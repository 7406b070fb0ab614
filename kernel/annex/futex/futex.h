/* The function that the files of the annex futex share. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include "mm.h"

/* Wakes at most `most` threads that wait for the word at the address. How many, or -EINVAL or
 * -EFAULT. Also called when a thread ends (CLONE_CHILD_CLEARTID). */
int futex_wake(struct space *space, uint64_t address, unsigned most);
