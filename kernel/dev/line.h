/* The line discipline: what a terminal does to bytes between its wire and its programs. Pure: no
 * locks, no hardware; whoever owns it holds a lock. Tested on the host. */
#pragma once

#include "abi/termios.h"
#include "lib.h"

#define LINE_BYTES 4096 /* of input that may wait; a power of two */

struct line {
    struct kernel_termios termios;
    /* Input, a ring: [read, ready) may be read, [ready, next) is being typed (ICANON). */
    uint32_t read, ready, next;
    uint8_t bytes[LINE_BYTES];
    uint64_t ends[LINE_BYTES / 64]; /* a bit for each byte that ends a line */
    bool literal;                   /* ^V was typed: the next byte means itself */
    bool stopped;                   /* ^S was typed: no output */
    uint32_t column;                /* of the output's cursor, as far as known */
    uint32_t line_column;           /* where the line that is being typed began */
    /* Bits (1 << signal) that input asked for; the owner sends and clears them. */
    uint32_t signals;
    /* Takes processed output bytes of the echo; may drop them. */
    void (*echo)(struct line *line, const uint8_t *bytes, size_t n);
};

#define LINE_EXPANDED 8 /* the most that one byte of output can become */

void line_init(struct line *line);
/* Takes one byte from the wire. */
void line_input(struct line *line, uint8_t byte);
/* How many bytes of input it surely takes; never 0 where only more input can make it readable. */
size_t line_room(const struct line *line);
/* May a read be answered? `at_least` is for input that is not in lines. */
bool line_readable(const struct line *line, size_t at_least);
/* Copies out at most n bytes, in lines no more than the rest of one; how many. *end says that the
 * read ends here: a line's end was passed. */
size_t line_take(struct line *line, uint8_t *to, size_t n, bool *end);
/* The same, but the input stays until line->read is set to *next. */
size_t line_look(const struct line *line, uint8_t *to, size_t n, bool *end, uint32_t *next);
size_t line_waiting(const struct line *line); /* what FIONREAD tells */
void line_flush_input(struct line *line);
/* New settings; what was typed under the old ones stays readable. */
void line_set(struct line *line, const struct kernel_termios *termios);
/* Turns one byte of output into what goes to the wire (OPOST); how many bytes. */
size_t line_output(struct line *line, uint8_t byte, uint8_t out[LINE_EXPANDED]);
/* How many bytes from the start go to the wire unchanged, and counts their columns. */
size_t line_output_plain(struct line *line, const uint8_t *bytes, size_t n);
