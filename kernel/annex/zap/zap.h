/* Zap: an object's pages vanish from all spaces that map it. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include "mm.h"

/* Unmaps the object's pages first .. end-1 from every space, after the object itself has dropped
 * them. `copies`: also the copies that private VMAs have made, as for a file that is truncated;
 * punching a hole keeps them. No spinlock is held. */
void backing_zap(struct backing *backing, uint64_t first, uint64_t end, bool copies);
/* Does any space have a shared VMA of the object that may be written, or may become so by
 * mprotect? The caller prevents new ones meanwhile. No spinlock is held. */
bool backing_shared_writable(struct backing *backing);
