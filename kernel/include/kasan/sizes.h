/* Sizes in a kernel with KASAN: checked code needs more stack, and objects lie apart. */
#pragma once

#define KSTACK_PAGES      4
#define KSTACK_SLOT_PAGES 8 /* one page of shadow describes as many */
#define IDLE_STACK_BYTES  16384
#define IMAGE_TABLES      6
#define OBJECT_REDZONE    80 /* kasan's notes before an object, and a gap behind it */
