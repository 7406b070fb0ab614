/* What lock.c does for the other files of this annex. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include "mm/space.h"

/* Brings in the pages of those parts of a range that are locked and not VMA_LOCK_ONFAULT. Continues
 * after an error, and returns the first; -EINTR if the thread was killed. No lock is held. */
int space_lock_populate(struct space *space, uint64_t start, uint64_t end);
