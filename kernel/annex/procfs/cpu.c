/* /proc/cpuinfo: the processors, as lscpu and people read them; and sets of processors as text. */
/* SPDX-License-Identifier: MIT */
#include "nodes.h"

/* All processors are alike, so one answers for all. Constant after cpu_prepare. */
struct cpu_identity cpu_identity;
static char brand[64], flags[CPU_FLAGS_BYTES];

void cpu_prepare(void)
{
    cpu_brand(brand, sizeof(brand));
    cpu_flags(flags, sizeof(flags));
    cpu_identify(&cpu_identity);
}

void text_add_mask(struct text *text, uint32_t mask)
{
    text_add(text, "%0*x", (int)(n_cpus + 3) / 4, mask);
}

void text_add_list(struct text *text, uint32_t mask)
{
    const char *comma = "";
    for (uint32_t first = 0; first < n_cpus; first++) {
        uint32_t last = first;
        if (!(mask >> first & 1))
            continue;
        while (last + 1 < n_cpus && mask >> (last + 1) & 1)
            last++;
        text_add(text, last > first ? "%s%u-%u" : "%s%u", comma, first, last);
        comma = ",";
        first = last;
    }
}

uint32_t cpus_beside(uint32_t cpu, uint32_t shift)
{
    uint32_t mask = 0;
    for (uint32_t i = 0; i < n_cpus; i++)
        if (cpus[i]->apic_id >> shift == cpus[cpu]->apic_id >> shift)
            mask |= 1u << i;
    return mask;
}

uint32_t cpu_core_id(uint32_t cpu)
{
    uint32_t in_package = cpus[cpu]->apic_id & ((1u << cpu_identity.package_shift) - 1);
    return in_package >> cpu_identity.core_shift;
}

/* The number of cores in the package of the processor. */
static uint32_t count_cores(uint32_t cpu)
{
    uint32_t package = cpus_beside(cpu, cpu_identity.package_shift), n = 0;
    for (uint32_t i = 0; i < n_cpus; i++) {
        uint32_t core = cpus_beside(i, cpu_identity.core_shift);
        n += package >> i & 1 && !(core & ((1u << i) - 1)); /* its first processor */
    }
    return n;
}

static void add_place(struct text *text, uint32_t cpu)
{
    uint32_t apic_id = cpus[cpu]->apic_id, shift = cpu_identity.package_shift;
    text_add(text, "physical id\t: %u\nsiblings\t: %d\n", apic_id >> shift,
             __builtin_popcount(cpus_beside(cpu, shift)));
    text_add(text, "core id\t\t: %u\ncpu cores\t: %u\napicid\t\t: %u\ninitial apicid\t: %u\n",
             cpu_core_id(cpu), count_cores(cpu), apic_id, apic_id);
}

static void add_kind(struct text *text, uint64_t khz)
{
    const struct cpu_identity *id = &cpu_identity;
    text_add(text, "vendor_id\t: %s\ncpu family\t: %u\nmodel\t\t: %u\n", id->vendor, id->family,
             id->model);
    text_add(text, "model name\t: %s\nstepping\t: %u\ncpu MHz\t\t: %lu.%03lu\n", brand,
             id->stepping, khz / 1000, khz % 1000);
    if (id->cache_kb)
        text_add(text, "cache size\t: %u KB\n", id->cache_kb);
}

/* bogomips are twice the MHz of the clock, as on Linux if it knows the frequency. */
static void add_abilities(struct text *text, uint64_t khz)
{
    const struct cpu_identity *id = &cpu_identity;
    text_add(text, "fpu\t\t: yes\nfpu_exception\t: yes\ncpuid level\t: %u\nwp\t\t: yes\n",
             id->level);
    text_add(text, "flags\t\t: %s\nbugs\t\t:\nbogomips\t: %lu.%02lu\n", flags, khz / 500,
             khz / 5 % 100);
    text_add(text, "clflush size\t: %u\ncache_alignment\t: %u\n", id->clflush_size,
             id->clflush_size);
    text_add(text, "address sizes\t: %u bits physical, %u bits virtual\npower management:\n\n",
             id->physical_bits, id->virtual_bits);
}

int proc_text_cpuinfo(struct text *text, const struct proc_inode *of)
{
    uint64_t khz = clock_frequency() / 1000;
    (void)of;
    for (uint32_t i = 0; i < n_cpus; i++) {
        text_add(text, "processor\t: %u\n", i);
        add_kind(text, khz);
        add_place(text, i);
        add_abilities(text, khz);
    }
    return 0;
}
