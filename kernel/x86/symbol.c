/* Names of kernel addresses, from a table that the build makes, and backtraces by frame
 * pointers. */
/* SPDX-License-Identifier: MIT */
#include "x86.h"

/* kernel/x86/symbols.awk makes this table: sorted by address, which is relative to KERNEL_BASE. */
struct symbol {
    uint32_t address, name; /* name: an offset into symbol_names */
};
extern const uint32_t n_symbols;
extern const struct symbol symbols[];
extern const char symbol_names[], kernel_start[], kernel_text_end[];

bool try_load(uint64_t address, uint64_t *value); /* copy.S */

/* The number of the first symbol above the address; 0 if that is not in the kernel's text. */
static uint32_t symbol_above(uint64_t address)
{
    uint32_t at = (uint32_t)(address - KERNEL_BASE), low = 0, high = n_symbols;
    if (address < (uint64_t)kernel_start || address >= (uint64_t)kernel_text_end)
        return 0;
    while (low < high) {
        uint32_t middle = (low + high) / 2;
        if (symbols[middle].address <= at)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

const char *kernel_symbol(uint64_t address, char *buf, size_t size)
{
    uint32_t above = symbol_above(address);
    if (above == 0)
        strlcpy(buf, "?", size);
    else
        format(buf, size, "%s+0x%x", symbol_names + symbols[above - 1].name,
               (uint32_t)(address - KERNEL_BASE) - symbols[above - 1].address);
    return buf;
}

uint32_t kernel_symbol_bytes(uint64_t address)
{
    uint32_t above = symbol_above(address);
    if (above == 0)
        return 0;
    uint32_t end = above < n_symbols ? symbols[above].address
                                     : (uint32_t)((uint64_t)kernel_text_end - KERNEL_BASE);
    return end - symbols[above - 1].address;
}

size_t kernel_backtrace_below(uint64_t rbp, uint64_t end, uint64_t *addresses, size_t n)
{
    size_t count = 0;
    while (count < n && rbp >= DIRECT_MAP && rbp < end && rbp % 8 == 0) {
        uint64_t next, address;
        if (!try_load(rbp, &next) || !try_load(rbp + 8, &address))
            break;
        if (address < (uint64_t)kernel_start || address >= (uint64_t)kernel_text_end)
            break;
        addresses[count++] = address - 1; /* in the call, which may be the function's last byte */
        if (next <= rbp)
            break;
        rbp = next;
    }
    return count;
}

size_t kernel_backtrace(uint64_t rbp, uint64_t *addresses, size_t n)
{
    return kernel_backtrace_below(rbp, UINT64_MAX, addresses, n);
}
