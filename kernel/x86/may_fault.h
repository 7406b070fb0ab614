/* For assembly that accesses user memory: copy.S explains it. */
/* SPDX-License-Identifier: MIT */
#pragma once

/* clang-format off */
/* Processors without SMAP do not know STAC and CLAC. So there is a NOP of three bytes in their
 * place, which copy_patch_smap() replaces at boot if the processor has SMAP. */
.macro PLACEHOLDER opcode
771:.byte 0x0f, 0x1f, 0x00
    .pushsection .smap_patches, "a"
    .quad 771b
    .long \opcode, 0
    .popsection
.endm
#define STAC PLACEHOLDER 0xcb010f
#define CLAC PLACEHOLDER 0xca010f

/* The next instruction may fault. Execution then continues at `fixup`. */
.macro MAY_FAULT fixup
772:.pushsection .exception_table, "a"
    .quad 772b, \fixup
    .popsection
.endm
