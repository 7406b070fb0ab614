/* From a PC keyboard's scan codes to the bytes of Linux's console. No locks, no hardware; tested on
 * the host. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include "lib.h"

struct keymap {
    bool shift[2], control[2], alt[2]; /* left and right: is it down? */
    bool caps, number;                 /* locked */
    bool extended;                     /* the last code was the prefix 0xe0 */
    int skip;                          /* codes of the pause key that are ignored */
    bool sysrq;                        /* is it down, with Alt? */
    char asked;                        /* the letter pressed with it, until the owner clears it */
    int pages;             /* half screens up, by Shift-PageUp, until the owner clears it */
    bool application_keys; /* arrows send ESC O instead of ESC [ */
};

#define KEYMAP_LONGEST 8

/* Processes one scan code (set 1). The result is how many bytes it sends. */
size_t keymap_translate(struct keymap *keys, uint8_t code, uint8_t out[KEYMAP_LONGEST]);
