/* What this processor can do, and how /proc/cpuinfo names it. */
#include "local.h"

struct cpu_features cpu_features;

struct cpuid {
    uint32_t eax, ebx, ecx, edx;
};

static struct cpuid cpuid(uint32_t leaf)
{
    struct cpuid r;
    asm volatile("cpuid" : "=a"(r.eax), "=b"(r.ebx), "=c"(r.ecx), "=d"(r.edx) : "a"(leaf), "c"(0));
    return r;
}

/* A leaf above the greatest would answer with some other leaf's values: give zeros. */
static struct cpuid cpuid_or_zero(uint32_t leaf)
{
    uint32_t greatest = cpuid(leaf & 0xffff0000).eax;
    return greatest >= leaf ? cpuid(leaf) : (struct cpuid){0};
}

void cpuid_detect(void)
{
    struct cpuid basic = cpuid(1), extended = cpuid_or_zero(7);
    cpu_features = (struct cpu_features){
        .pge = basic.edx >> 13 & 1,
        .gb_pages = cpuid_or_zero(0x80000001).edx >> 26 & 1,
        .rdrand = basic.ecx >> 30 & 1,
        .smep = extended.ebx >> 7 & 1,
        .smap = extended.ebx >> 20 & 1,
        .umip = extended.ecx >> 2 & 1,
    };
}

bool random_hardware(uint64_t *value)
{
    bool valid = false;
    for (int i = 0; i < 10 && cpu_features.rdrand && !valid; i++)
        asm volatile("rdrand %0" : "=r"(*value), "=@ccc"(valid));
    return valid;
}

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

uint32_t cpu_hwcap(void)
{
    return cpuid(1).edx;
}

/* Names as Linux writes them, by bit; "" where there is none or programs may not use it. */
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

static size_t add_name(char *buf, size_t size, size_t at, const char *name)
{
    if (*name && at < size)
        at += (size_t)format(buf + at, size - at, "%s%s", at ? " " : "", name);
    return at;
}

const char *cpu_flags(void)
{
    static char flags[320];
    struct cpuid basic = cpuid(1), amd = cpuid_or_zero(0x80000001);
    size_t at = 0;
    for (int i = 0; i < 32; i++)
        if (basic.edx >> i & 1)
            at = add_name(flags, sizeof(flags), at, names_1_edx[i]);
    if (amd.edx >> 11 & 1)
        at = add_name(flags, sizeof(flags), at, "syscall nx lm");
    for (int i = 0; i < 32; i++)
        if (basic.ecx >> i & 1)
            at = add_name(flags, sizeof(flags), at, names_1_ecx[i]);
    at = add_name(flags, sizeof(flags), at, cpu_features.smep ? "smep" : "");
    at = add_name(flags, sizeof(flags), at, cpu_features.smap ? "smap" : "");
    add_name(flags, sizeof(flags), at, cpu_features.umip ? "umip" : "");
    return flags;
}
