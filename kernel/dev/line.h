/* The line discipline: what a terminal does to bytes between its wire and its programs.
 *
 * It has no locks and knows no hardware, so it is tested on the host. The owner of a `struct line`
 * holds a lock for all calls. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include "abi/termios.h"
#include "lib.h"

#define LINE_BYTES 4096 /* the most input that may wait; a power of two */

struct line {
    struct kernel_termios termios;
    /* The ring of input: [read, ready) may be read, [ready, next) is the line that is being typed
     * (ICANON). */
    uint32_t read, ready, next;
    uint8_t bytes[LINE_BYTES];
    uint64_t ends[LINE_BYTES / 64]; /* a bit for each byte that ends a line */
    bool literal;                   /* ^V was typed: the next byte has no special meaning */
    bool stopped;                   /* ^S was typed: no output */
    uint32_t column;                /* of the cursor, as far as it is known */
    uint32_t line_column;           /* where the line that is being typed begins */
    /* Bits (1 << signal) of signals that keys asked for; the owner sends the signals and clears the
     * bits. */
    uint32_t signals;
    /* Writes echo to the wire, after output processing; may drop bytes. */
    void (*echo)(struct line *line, const uint8_t *bytes, size_t n);
};

#define LINE_EXPANDED 8 /* the most bytes that one byte of output can become */

void line_init(struct line *line);
/* Processes one byte from the wire. */
void line_input(struct line *line, uint8_t byte);
/* How many bytes of input are certain to fit. Never 0 if only more input can make a line readable;
 * then what does not fit is dropped. */
size_t line_room(const struct line *line);
/* Is there something to read: a line, or in raw mode `at_least` bytes? */
bool line_readable(const struct line *line, size_t at_least);
/* Copies at most n bytes to the buffer, and in line mode at most the rest of one line; the result
 * is how many. *end says that the end of a line was passed, which ends the read. The input stays
 * until the caller sets line->read to *next. */
size_t line_look(const struct line *line, uint8_t *to, size_t n, bool *end, uint32_t *next);
size_t line_waiting(const struct line *line); /* bytes that can be read, for FIONREAD */
void line_flush_input(struct line *line);
/* Changes the settings. What was typed before can still be read. */
void line_set(struct line *line, const struct kernel_termios *termios);
/* Converts one byte of output to what is written to the wire (OPOST); the result is how many bytes.
 */
size_t line_output(struct line *line, uint8_t byte, uint8_t out[LINE_EXPANDED]);
/* How many bytes at the start need no conversion. Their columns are counted. */
size_t line_output_plain(struct line *line, const uint8_t *bytes, size_t n);
