/* Annexes: parts that the kernel can be built without, each a folder below kernel/annex/.
 *
 * No room names an annex. An annex makes itself known by the macro ANNEX, whose structure the
 * linker puts into one table with those of the others, and boot calls all functions in the table,
 * stage by stage. In its function an annex adds itself to the rooms: it registers devices, mounts a
 * file system, or fills in a hook of its own (hooks.h).
 *
 * Lock: none is needed. All this happens on the first processor, before the first program runs. */
/* SPDX-License-Identifier: MIT */
#pragma once

struct fs_context;

enum annex_stage {
    ANNEX_REPORTS, /* nothing works yet but the log: for the reports of what goes wrong */
    ANNEX_DEVICES, /* memory, interrupts and the root file system work: for registering devices,
                      whose names dev makes afterwards */
    ANNEX_FILES,   /* /dev exists, too: for mounts and names of its own */
    ANNEX_START,   /* everything exists but the first program */
    N_ANNEX_STAGES,
};

struct annex {
    enum annex_stage stage;
    void (*start)(struct fs_context *fs, const char *command_line); /* fs has root's rights */
};

/* ANNEX(screen, ANNEX_DEVICES, start) calls the function at this stage. Within a stage the order is
 * that of the names. */
#define ANNEX(name, stage, start)           \
    static const struct annex annex_##start \
        __attribute__((section(".annexes." #name), used, aligned(8))) = {stage, start}

extern const struct annex annexes[], annexes_end[]; /* the table, made by kernel.ld */
