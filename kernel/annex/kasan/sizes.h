/* Sizes in a kernel with KASAN: checked code needs more stack, and objects have gaps between. */
/* SPDX-License-Identifier: MIT */
#pragma once

#define KSTACK_PAGES      4
#define KSTACK_SLOT_PAGES 8 /* as many as one page of shadow describes */
#define IDLE_STACK_BYTES  16384
#define IMAGE_TABLES      6
#define OBJECT_REDZONE    80 /* a note before each object and a gap after it */
