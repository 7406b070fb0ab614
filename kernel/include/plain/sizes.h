/* Sizes that differ in a kernel with KASAN (annex/kasan/sizes.h); C and assembly include this. */
/* SPDX-License-Identifier: MIT */
#pragma once

#define KSTACK_PAGES      2
#define KSTACK_SLOT_PAGES 3 /* with the guard page below the stack */
#define IDLE_STACK_BYTES  8192
#define IMAGE_TABLES      2 /* page tables for the kernel's image, 2 MB each */
#define OBJECT_REDZONE    0 /* bytes by which each small object is larger */
