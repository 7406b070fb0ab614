/* What this processor can do, by CPUID. */
/* SPDX-License-Identifier: MIT */
#include "local.h"

struct cpu_features cpu_features;

struct cpuid cpuid_sub(uint32_t leaf, uint32_t sub)
{
    struct cpuid r;
    asm volatile("cpuid"
                 : "=a"(r.eax), "=b"(r.ebx), "=c"(r.ecx), "=d"(r.edx)
                 : "a"(leaf), "c"(sub));
    return r;
}

/* Bits of XCR0: x87 and SSE (which are always there), AVX, and the three components of AVX-512. */
enum { XSAVE_LEAF = 0xd, XCR0_BASE = 3, XCR0_AVX = 4, XCR0_AVX512 = 0xe0 };

struct cpuid cpuid_or_zero(uint32_t leaf)
{
    uint32_t greatest = cpuid(leaf & 0xffff0000).eax;
    return greatest >= leaf ? cpuid(leaf) : (struct cpuid){0};
}

void cpuid_detect(void)
{
    struct cpuid basic = cpuid(1), extended = cpuid_or_zero(7), amd = cpuid_or_zero(0x80000001);
    cpu_features = (struct cpu_features){
        .pge = basic.edx >> 13 & 1,
        .gb_pages = amd.edx >> 26 & 1,
        .rdrand = basic.ecx >> 30 & 1,
        .xsave = basic.ecx >> 26 & 1,
        .smep = extended.ebx >> 7 & 1,
        .smap = extended.ebx >> 20 & 1,
        .umip = extended.ecx >> 2 & 1,
    };
}

/* CPUID tells the size of the state for the components that XCR0 names at that moment. */
void cpuid_detect_xsave(void)
{
    if (!cpu_features.xsave)
        return;
    uint64_t there = cpuid(XSAVE_LEAF).eax;
    fpu_features = XCR0_BASE | (there & XCR0_AVX);
    if (there & XCR0_AVX && (there & XCR0_AVX512) == XCR0_AVX512)
        fpu_features |= XCR0_AVX512;
    fpu_enable(fpu_features);
    fpu_state_bytes = (uint32_t)align_up(cpuid(XSAVE_LEAF).ebx, 64);
}

/* The other features that the kernel needs were checked in start.S. */
void cpuid_require(void)
{
    if (!(cpuid_or_zero(0x80000001).edx >> 11 & 1))
        panic("Ouros cannot run on this processor, which lacks: SYSCALL");
}

bool random_hardware(uint64_t *value)
{
    bool valid = false;
    for (int i = 0; i < 10 && cpu_features.rdrand && !valid; i++)
        asm volatile("rdrand %0" : "=r"(*value), "=@ccc"(valid));
    return valid;
}

uint32_t cpu_hwcap(void)
{
    return cpuid(1).edx;
}
