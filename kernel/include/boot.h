/* The boot room: from the loader's first words to the first program.
 *
 * It reads what the loader says, starts the rooms from the lowest floor up, unpacks the root file
 * system and starts init. As the room at the top it also connects the rooms: it fills in the tables
 * of functions by which a lower room calls an upper one.
 *
 * Lock: none is needed. One processor runs until x86_start_others, and the others only idle until
 * the first program runs.
 *
 * Read main.c first; then the loader (pvh.c), memory.c, options.c, initramfs.c. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdint.h>

#include "lib.h"

/* By which protocol the kernel was loaded; start.S uses these numbers too. */
enum boot_protocol { BOOT_MULTIBOOT2 = 1, BOOT_PVH = 2 };

/* What start.S passes: the protocol and the physical address of the loader's structure. */
struct boot_raw {
    uint64_t protocol, info;
};

enum { BOOT_MAX_RANGES = 32, BOOT_MAX_MODULES = 8, BOOT_COMMAND_LINE = 512 };

/* What the loader says, in the same form for every loader, copied out of its memory. */
struct boot_info {
    const char *loader; /* its name, for the log */
    char command_line[BOOT_COMMAND_LINE];
    uint32_t n_memory, n_modules;
    struct memory_range memory[BOOT_MAX_RANGES]; /* usable memory, in any order */
    struct memory_range modules[BOOT_MAX_MODULES];
    uint64_t rsdp;         /* physical address of ACPI's root pointer, or 0 */
    uint8_t rsdp_copy[36]; /* the root pointer itself if the loader gives a copy of it */
};

void boot_read_pvh(uint64_t info, struct boot_info *boot);

/* Computes free memory: the usable memory without the first MB, the kernel and the modules. Stores
 * at most `limit` ranges, page-aligned and sorted; the result is how many. */
size_t boot_free_memory(const struct boot_info *boot, struct memory_range *free, size_t limit);

/* Unpacks the cpio archives of a module into the root file system, and takes over its memory.
 * Panics if they are damaged or memory is too small for them. */
struct fs_context;
void boot_unpack(struct fs_context *fs, const struct memory_range *module);

/* Mounts a file system on a directory, which is made if it is not there. Panics where that fails,
 * or if filesystem is NULL for want of memory. For what starts at ANNEX_FILES. */
struct filesystem;
void boot_mount(struct fs_context *fs, const char *path, uint32_t permissions,
                struct filesystem *filesystem);

/* Copies the value of the word NAME=value in the command line to value[size], cut if it does not
 * fit. The word NAME alone gives "". False if there is no such word. */
bool boot_option(const char *line, const char *name, char *value, size_t size);
