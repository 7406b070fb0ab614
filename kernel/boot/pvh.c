/* Reads what QEMU's own loader says (-kernel): the start structure of the PVH boot protocol. */
/* SPDX-License-Identifier: MIT */
#include "boot.h"
#include "x86.h"

enum { PVH_MAGIC = 0x336ec578, MEMORY_USABLE = 1 };

/* QEMU aligns the structures to 4 bytes only. */
#define LOADERS __attribute__((packed, aligned(4)))

struct LOADERS start_info {
    uint32_t magic, version, flags, n_modules;
    uint64_t modules, command_line, rsdp;
    uint64_t memory_map; /* from version 1 on */
    uint32_t n_memory, reserved;
};

struct LOADERS start_module {
    uint64_t start, size, command_line, reserved;
};

struct LOADERS memory_entry {
    uint64_t start, size;
    uint32_t type, reserved;
};

void boot_read_pvh(uint64_t info, struct boot_info *boot)
{
    const struct start_info *start = phys_to_virt(info);
    if (start->magic != PVH_MAGIC || start->version < 1)
        panic("the PVH start structure has magic %x, version %u", start->magic, start->version);
    const struct start_module *modules = phys_to_virt(start->modules);
    const struct memory_entry *memory = phys_to_virt(start->memory_map);
    boot->loader = "PVH";
    boot->rsdp = start->rsdp;
    if (start->command_line)
        strlcpy(boot->command_line, phys_to_virt(start->command_line), BOOT_COMMAND_LINE);
    for (uint32_t i = 0; i < start->n_modules && i < BOOT_MAX_MODULES; i++)
        boot->modules[boot->n_modules++] =
            (struct memory_range){modules[i].start, modules[i].start + modules[i].size};
    for (uint32_t i = 0; i < start->n_memory && boot->n_memory < BOOT_MAX_RANGES; i++)
        if (memory[i].type == MEMORY_USABLE)
            boot->memory[boot->n_memory++] =
                (struct memory_range){memory[i].start, memory[i].start + memory[i].size};
}
