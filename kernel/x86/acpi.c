/* Reads ACPI's tables for what the kernel needs: processors, the I/O APIC, rerouted interrupts.
 *
 * The root pointer (RSDP) points to a table of tables (RSDT), which points to the MADT, the table
 * with signature "APIC". Its entries list the local APICs, of which each processor has one, the I/O
 * APIC, and the legacy interrupts that arrive at another input of it than their number says. */
/* SPDX-License-Identifier: MIT */
#include "local.h"

struct acpi_machine acpi_machine;

struct rsdp {
    char signature[8];
    uint8_t checksum;
    char oem[6];
    uint8_t revision;
    uint32_t rsdt;
    uint32_t length;
    uint64_t xsdt;
} __attribute__((packed));

struct table {
    char signature[4];
    uint32_t length;
    char rest[28];
} __attribute__((packed));

enum { RSDP_1_BYTES = 20, MADT_ENTRIES = 44 };
enum { MADT_LOCAL_APIC = 0, MADT_IO_APIC = 1, MADT_OVERRIDE = 2 };

/* True if the bytes of a table add up to zero, as they must. */
static bool adds_up(const void *at, size_t n)
{
    const uint8_t *p = at;
    uint8_t sum = 0;
    while (n-- > 0)
        sum = (uint8_t)(sum + *p++);
    return sum == 0;
}

static bool is_rsdp(const struct rsdp *at)
{
    return memcmp(at->signature, "RSD PTR ", 8) == 0 && adds_up(at, RSDP_1_BYTES);
}

/* A BIOS leaves the root pointer on a 16-byte boundary in the last 128 KB below 1 MB. */
static const struct rsdp *scan_bios(void)
{
    for (paddr_t at = 0xe0000; at < 0x100000; at += 16)
        if (is_rsdp(phys_to_virt(at)))
            return phys_to_virt(at);
    return NULL;
}

static const struct table *table_at(paddr_t phys)
{
    if (phys == 0 || phys >= x86_memory_limit())
        return NULL;
    const struct table *table = phys_to_virt(phys);
    return table->length >= sizeof(*table) && adds_up(table, table->length) ? table : NULL;
}

/* Finds a table by its signature through the RSDT. Its pointers have 32 bits, which is enough: QEMU
 * puts all tables below 4 GB. */
static const struct table *find_table(const struct rsdp *rsdp, const char *signature)
{
    const struct table *root = table_at(rsdp->rsdt);
    if (!root)
        return NULL;
    for (uint32_t at = sizeof(*root); at + 4 <= root->length; at += 4) {
        uint32_t phys;
        memcpy(&phys, (const char *)root + at, 4);
        const struct table *table = table_at(phys);
        if (table && memcmp(table->signature, signature, 4) == 0)
            return table;
    }
    return NULL;
}

static void add_processor(const uint8_t *entry)
{
    struct acpi_machine *m = &acpi_machine;
    bool enabled = entry[4] & 1;
    if (enabled && m->n_processors < MAX_CPUS)
        m->apic_ids[m->n_processors++] = entry[3];
}

static void read_entry(const uint8_t *entry)
{
    uint32_t address;
    switch (entry[0]) {
    case MADT_LOCAL_APIC: add_processor(entry); break;
    case MADT_IO_APIC:
        memcpy(&address, entry + 4, 4);
        if (!acpi_machine.io_apic)
            acpi_machine.io_apic = address;
        break;
    case MADT_OVERRIDE:
        if (entry[3] < 16) {
            memcpy(&acpi_machine.irq_line[entry[3]], entry + 4, 4);
            memcpy(&acpi_machine.irq_flags[entry[3]], entry + 8, 2);
        }
        break;
    }
}

static void read_madt(const struct table *madt)
{
    const uint8_t *bytes = (const uint8_t *)madt;
    uint32_t at = MADT_ENTRIES;
    while (at + 2 <= madt->length && bytes[at + 1] >= 8 && at + bytes[at + 1] <= madt->length) {
        read_entry(bytes + at);
        at += bytes[at + 1];
    }
}

/* Fills acpi_machine. Without tables it describes one processor and the interrupts of a usual
 * PC. */
void acpi_read(paddr_t rsdp_at)
{
    struct acpi_machine *m = &acpi_machine;
    for (uint32_t i = 0; i < 16; i++)
        m->irq_line[i] = i;
    const struct rsdp *rsdp = rsdp_at ? phys_to_virt(rsdp_at) : NULL;
    if (!rsdp || !is_rsdp(rsdp))
        rsdp = scan_bios();
    const struct table *madt = rsdp ? find_table(rsdp, "APIC") : NULL;
    if (madt)
        read_madt(madt);
    else
        klog("acpi: no table of processors: using one");
    if (m->n_processors == 0)
        m->n_processors = 1;
    if (!m->io_apic)
        m->io_apic = 0xfec00000;
}
