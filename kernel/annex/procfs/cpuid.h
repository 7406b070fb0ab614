/* What CPUID says about the kind of this processor, for /proc/cpuinfo and /sys. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include "x86.h"

void cpu_brand(char *buf, size_t size); /* the name of the model */
/* The names of features, separated by spaces; as many bytes as fit. */
void cpu_flags(char *buf, size_t size);
enum { CPU_FLAGS_BYTES = 512 }; /* room for all of them */
/* 0 means that it does not say. */
struct cpu_identity {
    char vendor[13];
    uint32_t level, family, model, stepping;
    uint32_t cache_kb;     /* of the second level */
    uint32_t clflush_size; /* bytes */
    uint32_t physical_bits, virtual_bits;
    uint32_t core_shift;    /* apic_id >> core_shift: which core */
    uint32_t package_shift; /* apic_id >> package_shift: which package */
};
void cpu_identify(struct cpu_identity *identity);
