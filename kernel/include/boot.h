/* The boot room: from the loader's first words to the first program.
 *
 * No lock: one processor runs until x86_start_others, and the others only idle until the first
 * program runs. */
#pragma once

#include <stdint.h>

#include "lib.h"

/* How we were loaded; start.S knows the numbers. */
enum boot_protocol { BOOT_MULTIBOOT2 = 1, BOOT_PVH = 2 };

/* What start.S hands over: the protocol and the physical address of the loader's structure. */
struct boot_raw {
    uint64_t protocol, info;
};

enum { BOOT_MAX_RANGES = 32, BOOT_MAX_MODULES = 8, BOOT_COMMAND_LINE = 512 };

/* The same for every loader, copied out of its memory. */
struct boot_info {
    const char *loader; /* its name, for the log */
    char command_line[BOOT_COMMAND_LINE];
    uint32_t n_memory, n_modules;
    struct memory_range memory[BOOT_MAX_RANGES]; /* usable; as the loader says: any order */
    struct memory_range modules[BOOT_MAX_MODULES];
    uint64_t rsdp;         /* physical address of ACPI's root pointer, or 0 */
    uint8_t rsdp_copy[36]; /* what it points to where the loader gives a copy */
};

void boot_read_multiboot2(uint64_t info, struct boot_info *boot);
void boot_read_pvh(uint64_t info, struct boot_info *boot);

/* Free memory: what is usable, less the first MB, the kernel and the modules. Page-aligned and
 * sorted; how many. */
size_t boot_free_memory(const struct boot_info *boot, struct memory_range *free, size_t limit);

/* Unpacks a module's cpio archives into the root file system; panics with a clear message if they
 * are damaged. */
struct fs_context;
void boot_unpack(struct fs_context *fs, const struct memory_range *module);

/* The value of word NAME=value in the command line, copied; false if it is not there. "NAME" alone
 * gives "". */
bool boot_option(const char *line, const char *name, char *value, size_t size);
