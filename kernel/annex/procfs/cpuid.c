/* What CPUID says about the kind of this processor: its names, its features, where its cores are.
 */
/* SPDX-License-Identifier: MIT */
#include "cpuid.h"
#include "x86/local.h"

void cpu_brand(char *buf, size_t size)
{
    uint32_t text[13] = {0};
    for (uint32_t i = 0; i < 3; i++) {
        struct cpuid part = cpuid_or_zero(0x80000002 + i);
        memcpy(text + 4 * i, &part, sizeof(part));
    }
    const char *name = (const char *)text;
    while (*name == ' ')
        name++;
    strlcpy(buf, *name ? name : "unknown", size);
}

/* ---- Identity ---- */

/* How many bits are needed to number n things. */
static uint32_t bits_for(uint32_t n)
{
    uint32_t bits = 0;
    while (n > 1u << bits)
        bits++;
    return bits;
}

/* Which bits of an APIC id number the core and the package. Leaf 11 says it directly. Without it,
 * it follows from the number of threads in a package (leaf 1) and of its cores, which Intel and AMD
 * report in different leaves. */
static void find_topology(struct cpu_identity *identity)
{
    struct cpuid basic = cpuid(1), threads = cpuid_or_zero(11);
    if (threads.ebx) {
        identity->core_shift = threads.eax & 31;
        identity->package_shift = cpuid_sub(11, 1).eax & 31;
        return;
    }
    uint32_t in_package = basic.edx >> 28 & 1 ? basic.ebx >> 16 & 0xff : 1;
    uint32_t cores = (cpuid_or_zero(0x80000008).ecx & 0xff) + 1;
    if (memcmp(identity->vendor, "GenuineIntel", 12) == 0)
        cores = (cpuid_or_zero(4).eax >> 26) + 1;
    identity->package_shift = bits_for(in_package);
    identity->core_shift = identity->package_shift - min(bits_for(cores), identity->package_shift);
}

void cpu_identify(struct cpu_identity *identity)
{
    struct cpuid first = cpuid(0), basic = cpuid(1), sizes = cpuid_or_zero(0x80000008);
    memset(identity, 0, sizeof(*identity));
    memcpy(identity->vendor, &first.ebx, 4);
    memcpy(identity->vendor + 4, &first.edx, 4);
    memcpy(identity->vendor + 8, &first.ecx, 4);
    uint32_t family = basic.eax >> 8 & 15;
    identity->level = first.eax;
    identity->stepping = basic.eax & 15;
    identity->family = family == 15 ? family + (basic.eax >> 20 & 0xff) : family;
    identity->model = basic.eax >> 4 & 15;
    if (family == 6 || family == 15)
        identity->model += (basic.eax >> 16 & 15) << 4;
    identity->cache_kb = cpuid_or_zero(0x80000006).ecx >> 16;
    identity->clflush_size = (basic.ebx >> 8 & 0xff) * 8;
    identity->physical_bits = sizes.eax & 0xff;
    identity->virtual_bits = sizes.eax >> 8 & 0xff;
    find_topology(identity);
}

/* Names as Linux writes them, by bit; "" if a bit has no name or programs cannot use the
 * feature. */
static const char names_1_edx[32][8] = {
    "fpu",  "vme",  "de",   "pse", "tsc",  "msr", "pae",   "mce", "cx8",     "apic", "",
    "sep",  "mtrr", "pge",  "mca", "cmov", "pat", "pse36", "pn",  "clflush", "",     "dts",
    "acpi", "mmx",  "fxsr", "sse", "sse2", "ss",  "ht",    "tm",  "ia64",    "pbe",
};
static const char names_1_ecx[32][16] = {
    [0] = "pni",     [1] = "pclmulqdq", [3] = "monitor", [9] = "ssse3",
    [13] = "cx16",   [19] = "sse4_1",   [20] = "sse4_2", [22] = "movbe",
    [23] = "popcnt", [25] = "aes",      [30] = "rdrand", [31] = "hypervisor",
};

/* The features that need XSAVE: of the same word, and of leaf 7. */
static const char names_1_ecx_xsave[32][8] = {
    [12] = "fma", [26] = "xsave", [27] = "osxsave", [28] = "avx", [29] = "f16c",
};
static const char names_7_ebx[32][12] = {
    [3] = "bmi1",      [5] = "avx2",    [8] = "bmi2",      [16] = "avx512f",
    [17] = "avx512dq", [18] = "rdseed", [19] = "adx",      [21] = "avx512ifma",
    [28] = "avx512cd", [29] = "sha_ni", [30] = "avx512bw", [31] = "avx512vl",
};

static size_t add_name(char *buf, size_t size, size_t at, const char *name)
{
    if (*name && at < size)
        at += (size_t)format(buf + at, size - at, "%s%s", at ? " " : "", name);
    return at;
}

/* Adds the names of the bits that are set. */
#define ADD_NAMES(bits, names)                             \
    do {                                                   \
        for (int i_ = 0; i_ < 32; i_++)                    \
            if ((bits) >> i_ & 1)                          \
                at = add_name(buf, size, at, (names)[i_]); \
    } while (0)

void cpu_flags(char *buf, size_t size)
{
    struct cpuid basic = cpuid(1), amd = cpuid_or_zero(0x80000001);
    size_t at = 0;
    ADD_NAMES(basic.edx, names_1_edx);
    if (amd.edx >> 11 & 1)
        at = add_name(buf, size, at, "syscall nx lm");
    ADD_NAMES(basic.ecx, names_1_ecx);
    if (fpu_features) {
        ADD_NAMES(basic.ecx, names_1_ecx_xsave);
        ADD_NAMES(cpuid_or_zero(7).ebx, names_7_ebx);
    }
    at = add_name(buf, size, at, cpu_features.smep ? "smep" : "");
    at = add_name(buf, size, at, cpu_features.smap ? "smap" : "");
    add_name(buf, size, at, cpu_features.umip ? "umip" : "");
}
