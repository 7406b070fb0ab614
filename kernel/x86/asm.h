/* Constants that assembly and C share; local.h asserts that they agree with the structures. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include "sizes.h"

#define KERNEL_CS 0x10
#define KERNEL_SS 0x18

/* struct cpu, through GS */
#define CPU_KERNEL_STACK 8
#define CPU_USER_RSP     16

/* Offsets in struct hooks. */
#define HOOK_TRAP    0
#define HOOK_SYSCALL 8

/* struct trap_frame */
#define FRAME_RBP    32
#define FRAME_R11    48
#define FRAME_R10    56
#define FRAME_R9     64
#define FRAME_R8     72
#define FRAME_RAX    80
#define FRAME_RCX    88
#define FRAME_RDX    96
#define FRAME_RSI    104
#define FRAME_RDI    112
#define FRAME_VECTOR 120
#define FRAME_RIP    136
#define FRAME_CS     144
#define FRAME_RFLAGS 152
#define FRAME_RSP    160
#define FRAME_BYTES  176

#define MSR_EFER           0xc0000080
#define MSR_STAR           0xc0000081
#define MSR_LSTAR          0xc0000082
#define MSR_FMASK          0xc0000084
#define MSR_FS_BASE        0xc0000100
#define MSR_GS_BASE        0xc0000101
#define MSR_KERNEL_GS_BASE 0xc0000102
#define EFER_SYSCALL       0x001
#define EFER_LONG_MODE     0x100
#define EFER_NX            0x800

#define AP_TRAMPOLINE 0x8000 /* a page below 1 MB, where a processor starts in 16-bit mode */
