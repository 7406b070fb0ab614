/* The area that a libc registers with rseq: the present processor, and where to restart. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdint.h>

#define RSEQ_CPU_ID_UNINITIALIZED       -1
#define RSEQ_CPU_ID_REGISTRATION_FAILED -2
#define RSEQ_FLAG_UNREGISTER            1

struct rseq {
    uint32_t cpu_id_start;
    uint32_t cpu_id;
    uint64_t rseq_cs;
    uint32_t flags;
    uint32_t __pad[3];
};

_Static_assert(sizeof(struct rseq) == 32, "struct rseq");
