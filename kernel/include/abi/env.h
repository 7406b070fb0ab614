/* The environment block: every NAME=VALUE of a process in one area that libc edits in place. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <abi/types.h>

#define ENV_AREA_SIZE (8UL << 20) /* address space only: pages come when they are touched */

struct env_block {
    uint64_t used; /* bytes of text in use: NAME=VALUE strings, each with its '\0', back to back */
    uint64_t size; /* bytes of room in text */
    char text[];
};

_Static_assert(sizeof(struct env_block) == 16, "struct env_block");
