/* SysRq, the key for the kernel itself, as on Linux: a BREAK on the console's serial port and a
 * letter, or Alt, SysRq and a letter on the keyboard.
 *
 * The letter is found while the terminal is locked, but reports need other locks. So it is noted,
 * and performed at the end of the interrupt. */
/* SPDX-License-Identifier: MIT */
#include "dev.h"

static uint8_t asked; /* atomic: the letter that was pressed; 0: none */

void sysrq_ask(char letter)
{
    __atomic_store_n(&asked, (uint8_t)letter, __ATOMIC_RELAXED);
}

void sysrq_answer(void)
{
    if (likely(!__atomic_load_n(&asked, __ATOMIC_RELAXED)))
        return;
    char letter = (char)__atomic_exchange_n(&asked, 0, __ATOMIC_RELAXED);
    if (letter && annex_hooks.sysrq)
        annex_hooks.sysrq(letter);
}
