/* Waiting for several files: what poll and select share. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include "vfs/local.h"

struct poll_item {
    struct file *file;  /* referenced; NULL: this item is skipped */
    uint32_t want, got; /* POLL* */
};
/* Waits until an item is ready. How many are; 0 at the deadline, -EINTR, -ENOMEM. */
int poll_wait(struct poll_item *items, size_t n, uint64_t deadline_ns);
void poll_release(struct poll_item *items, size_t n); /* drops the files and frees the items */
/* For loops over descriptors: cond_resched for some i. Such loops are short enough that they need
 * not stop when the thread is killed. */
void poll_breathe(size_t i);
