/* Reads what GRUB says, by the Multiboot2 specification: tags, each with its type and length. */
/* SPDX-License-Identifier: MIT */
#include "annex.h"
#include "boot.h"
#include "hooks.h"
#include "x86.h"

enum {
    TAG_END = 0,
    TAG_COMMAND_LINE = 1,
    TAG_LOADER = 2,
    TAG_MODULE = 3,
    TAG_MEMORY = 6,
    TAG_RSDP_1 = 14,
    TAG_RSDP_2 = 15,
};
enum { MEMORY_USABLE = 1 };

struct tag {
    uint32_t type, size;
};

struct module_tag {
    struct tag tag;
    uint32_t start, end;
};

struct memory_tag {
    struct tag tag;
    uint32_t entry_size, entry_version;
};

struct memory_entry {
    uint64_t start, length;
    uint32_t type, reserved;
};

static void add_module(const struct module_tag *module, struct boot_info *boot)
{
    if (boot->n_modules < BOOT_MAX_MODULES)
        boot->modules[boot->n_modules++] = (struct memory_range){module->start, module->end};
}

static void add_memory(const struct memory_tag *map, struct boot_info *boot)
{
    const char *end = (const char *)map + map->tag.size;
    for (const char *at = (const char *)(map + 1); at < end; at += map->entry_size) {
        const struct memory_entry *e = (const struct memory_entry *)at;
        if (e->type == MEMORY_USABLE && boot->n_memory < BOOT_MAX_RANGES)
            boot->memory[boot->n_memory++] = (struct memory_range){e->start, e->start + e->length};
    }
}

static void read_tag(const struct tag *tag, struct boot_info *boot)
{
    switch (tag->type) {
    case TAG_COMMAND_LINE:
        strlcpy(boot->command_line, (const char *)(tag + 1), BOOT_COMMAND_LINE);
        break;
    case TAG_MODULE: add_module((const struct module_tag *)tag, boot); break;
    case TAG_MEMORY: add_memory((const struct memory_tag *)tag, boot); break;
    case TAG_RSDP_1:
    case TAG_RSDP_2: /* a copy, which we copy again, since the loader's memory will be reused */
        memcpy(boot->rsdp_copy, tag + 1, min(tag->size - sizeof(*tag), sizeof(boot->rsdp_copy)));
        boot->rsdp = virt_to_phys(boot->rsdp_copy);
        break;
    }
}

/* The tags begin after 8 bytes, each at a multiple of 8. */
static void read_multiboot2(uint64_t info, struct boot_info *boot)
{
    const char *at = (const char *)phys_to_virt(info) + 8;
    boot->loader = "Multiboot2";
    for (;;) {
        const struct tag *tag = (const struct tag *)at;
        if (tag->type == TAG_END)
            return;
        read_tag(tag, boot);
        at += align_up(tag->size, 8);
    }
}

static void start(struct fs_context *fs, const char *command_line)
{
    (void)fs, (void)command_line;
    annex_hooks.read_multiboot2 = read_multiboot2;
}

ANNEX(grub, ANNEX_REPORTS, start);
