/* explicit_bzero: clears memory even if it is not read again; a compiler may not remove it. */
/* SPDX-License-Identifier: MIT */
#include <string.h>

void explicit_bzero(void *block, size_t size)
{
    memset(block, 0, size);
    __asm__ volatile("" : : "r"(block) : "memory");
}
