/* A text screen that understands the escape sequences of TERM=linux. It has no locks and no
 * hardware: it writes cells in memory, and its owner holds a lock and shows them. Tested on the
 * host. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include "lib.h"

#define VT_COLUMNS    80
#define VT_ROWS       25
#define VT_PARAMETERS 16
#define VT_HISTORY    256 /* rows that have scrolled off the top and can be seen again */

struct vt_cursor {
    int row, column;
    uint8_t colour; /* low half foreground, high half background, as VGA has them */
    bool bold, underline, blink, reverse;
    bool graphics[2]; /* character sets G0, G1: are they line drawing? */
    uint8_t set;      /* which of them is in use */
};

struct vt {
    uint16_t cells[VT_ROWS][VT_COLUMNS]; /* VGA's: code page 437, colour in the high byte */
    bool dirty[VT_ROWS];                 /* changed since the owner showed it and cleared this */
    struct vt_cursor cursor, saved;
    bool wrap_due;   /* the last column was written: the next character begins a new line */
    int top, bottom; /* the scroll region's first row and the one past its last */
    bool autowrap, insert, hidden, origin, newline_returns;
    bool application_keys; /* cursor keys send ESC O instead of ESC [ */
    uint8_t tabs[VT_COLUMNS / 8];
    /* the sequence that is being read */
    enum {
        VT_TEXT,
        VT_ESCAPE,
        VT_CSI,
        VT_STRING,
        VT_STRING_ESCAPE,
        VT_SET,
        VT_HASH,
        VT_FUNCTION_KEY,
    } state;
    char introducer; /* '?' of private sequences, or '(' ')' of character sets */
    int parameters[VT_PARAMETERS];
    int n_parameters;
    uint32_t code;      /* the part of a UTF-8 character that was read */
    int continuation;   /* how many bytes of it are missing */
    uint32_t last_code; /* for REP */
    char reply[24];     /* what the screen answers; the owner sends it and clears the length */
    size_t reply_length;
    /* scroll-back: a ring of rows; what follows outlives vt_init */
    uint16_t history[VT_HISTORY][VT_COLUMNS];
    int history_rows; /* how many are in it */
    int history_next; /* where the next one is put */
    int back;         /* the view is this many rows above the screen */
};

void vt_init(struct vt *vt);
void vt_write(struct vt *vt, const uint8_t *bytes, size_t n);
/* Moves the view up by some rows (down if negative), as far as there are any. The next output
 * returns it to the screen. */
void vt_look_back(struct vt *vt, int rows);
/* The cells to show in a row of the view. */
const uint16_t *vt_view(const struct vt *vt, int row);
