/* The floors below the vfs as the host tests of vfs and ramfs have them: malloc for memory, locks
 * that check their ranks, user memory that can be told to fault. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include "vfs.h"

/* Allocations until one fails; negative: none does. */
extern long shim_allocations_left;
/* User addresses of this range cannot be reached. */
extern uint64_t shim_hole_start, shim_hole_end;
/* The last signal that was raised, 0 if none. */
extern int shim_signal;
/* Frames handed out and not given back. */
extern long shim_frames;
/* Objects and blocks handed out and not given back. */
extern long shim_objects;

/* A context on a fresh ramfs, as the kernel's first process has it. */
void shim_start(struct fs_context *fs);
/* Ends it: all that was made is freed, which the counts above then tell. */
void shim_end(struct fs_context *fs);
void shim_set_cred(struct fs_context *fs, uint32_t uid, uint32_t gid, uint32_t group);
