/* Annexes: parts that the kernel can be built without, each a folder below kernel/annex/.
 *
 * No room names an annex. An annex shows itself by ANNEX, whose struct the linker puts into one
 * table with the others; boot calls what is in it, stage by stage. What else an annex has to say
 * it says to the rooms then: it registers devices, mounts a file system, fills in a table of
 * functions that a room leaves empty.
 *
 * No lock: all happens on the first processor before the first program runs. */
#pragma once

struct fs_context;

enum annex_stage {
    ANNEX_DEVICES, /* memory, interrupts and the root file system are there: registers devices,
                      whose names dev then makes */
    ANNEX_FILES,   /* so is /dev: mounts and names of its own */
    ANNEX_START,   /* all is there but the first program */
    N_ANNEX_STAGES,
};

struct annex {
    const char *name; /* its folder's */
    enum annex_stage stage;
    void (*start)(struct fs_context *fs, const char *command_line); /* fs: with root's rights */
};

/* ANNEX(screen, ANNEX_DEVICES, start): calls that function at that stage. Within one the order is
 * that of the names. */
#define ANNEX(name, stage, start)           \
    static const struct annex annex_##start \
        __attribute__((section(".annexes." #name), used, aligned(8))) = {#name, stage, start}

extern const struct annex annexes[], annexes_end[]; /* the table: kernel.ld */
