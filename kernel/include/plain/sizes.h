/* Sizes that are larger in a kernel with KASAN: see ../kasan/sizes.h. Assembly includes it too. */
#pragma once

#define KSTACK_PAGES      2
#define KSTACK_SLOT_PAGES 3 /* with the guard page below the stack */
#define IDLE_STACK_BYTES  8192
#define IMAGE_TABLES      2 /* page tables for the kernel's image, 2 MB each */
#define OBJECT_REDZONE    0 /* bytes that each small object has too many */
