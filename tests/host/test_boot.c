/* Boot's pure parts: which memory is free, words of the command line, the Multiboot2 tags. */
/* SPDX-License-Identifier: MIT */
#include <string.h>
#include "boot.h"
#include "tap.h"
#include "x86.h"

const char kernel_end[1];

/* The machine of this test: addresses are what they are, and the kernel ends at 2 MB. */
paddr_t virt_to_phys(const void *virt)
{
    return virt == kernel_end ? 0x200000 : (uintptr_t)virt;
}

paddr_t x86_memory_limit(void)
{
    return 512ull << 30;
}

#include "../../kernel/boot/memory.c"
#include "../../kernel/boot/options.c"

static bool is(const struct memory_range *range, uint64_t start, uint64_t end)
{
    return range->start == start && range->end == end;
}

static void test_memory(void)
{
    struct memory_range free[8];
    struct boot_info boot = {
        .n_memory = 3,
        .memory = {{0x100000000, 0x140000000}, {0, 0x9fc00}, {0x100000, 0x7fe0123}},
        .n_modules = 2,
        .modules = {{0x5000000, 0x5001001}, {0x7fd0000, 0x7fe0000}},
    };
    ok(boot_free_memory(&boot, free, 8) == 3, "three ranges are left");
    ok(is(&free[0], 0x200000, 0x5000000), "from the kernel's end to the first module");
    ok(is(&free[1], 0x5002000, 0x7fd0000), "between the modules, in whole pages");
    ok(is(&free[2], 0x100000000, 0x140000000), "above 4 GB, sorted");
    ok(boot_free_memory(&boot, free, 2) <= 2, "no more than asked for");
    boot.n_memory = 0;
    ok(boot_free_memory(&boot, free, 8) == 0, "no memory at all");
}

static void test_options(void)
{
    char value[8];
    const char *line = "  console=tty1 trace init=/bin/a-very-long-name quiet";
    ok(boot_option(line, "console", value, 8) && strcmp(value, "tty1") == 0, "a value");
    ok(boot_option(line, "trace", value, 8) && value[0] == '\0', "a word alone");
    ok(boot_option(line, "init", value, 8) && strcmp(value, "/bin/a-") == 0, "a value too long");
    ok(boot_option(line, "quiet", value, 8), "the last word");
    ok(!boot_option(line, "cons", value, 8) && !boot_option(line, "tty1", value, 8), "no parts");
    ok(!boot_option("", "x", value, 8), "an empty line");
}

int main(void)
{
    test_memory();
    test_options();
    return tap_done();
}
