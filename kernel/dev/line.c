/* The line discipline: lines edited while typed, echo, signals by key, output processing.
 *
 * A terminal sends a byte for each key and shows the bytes that it gets. A program wants whole
 * lines. The line discipline is between the two: it shows what is typed (echo), lets the user
 * correct the line with Backspace, ^W and ^U, and gives it to the program when Enter was pressed.
 * It turns ^C, ^\ and ^Z into signals, and ^S and ^Q stop and start the output. Each of these can
 * be switched off by flags in struct termios. Without ICANON ("raw") every byte can be read at
 * once; editors and shells use that.
 *
 * Input is in a ring with three marks. [read, ready) can be read. [ready, next) is the line that is
 * being typed: it can be edited, but not read yet. Enter moves `ready` up to `next`. A bit for each
 * byte says that a line ends with it, since a read returns at most one line. ^D ends a line without
 * a newline: it is stored as a byte 0 with that bit, and readers never see it. On an empty line it
 * makes a read return 0 bytes: end of file.
 *
 * To erase a character from the screen its width must be known: two columns for ^X, none for the
 * later bytes of a UTF-8 character, and up to eight for a tab, depending on where it begins. So
 * `column` follows the cursor through all output, and `line_column` remembers where the typed line
 * began. */
/* SPDX-License-Identifier: MIT */
#include "abi/signal.h"
#include "line.h"

#define TAB_WIDTH   8
#define END_OF_FILE 0 /* stored in the ring for ^D, marked as the end of a line */

static const uint8_t default_keys[KERNEL_NCCS] = {
    [VINTR] = 'C' & 31,    [VQUIT] = '\\' & 31,   [VERASE] = 0x7f,
    [VKILL] = 'U' & 31,    [VEOF] = 'D' & 31,     [VMIN] = 1,
    [VSTART] = 'Q' & 31,   [VSTOP] = 'S' & 31,    [VSUSP] = 'Z' & 31,
    [VREPRINT] = 'R' & 31, [VDISCARD] = 'O' & 31, [VWERASE] = 'W' & 31,
    [VLNEXT] = 'V' & 31,
};

void line_init(struct line *line)
{
    memset(line, 0, sizeof(*line));
    line->termios.c_iflag = ICRNL | IXON;
    line->termios.c_oflag = OPOST | ONLCR;
    line->termios.c_cflag = B38400 | CS8 | CREAD | HUPCL;
    line->termios.c_lflag = ISIG | ICANON | ECHO | ECHOE | ECHOK | ECHOCTL | ECHOKE | IEXTEN;
    memcpy(line->termios.c_cc, default_keys, sizeof(default_keys));
}

static bool has(const struct line *line, uint32_t local_flag)
{
    return line->termios.c_lflag & local_flag;
}

/* Is the byte this key? A key that is set to 0 is switched off. */
static bool is_key(const struct line *line, uint8_t byte, int key)
{
    return byte != 0 && line->termios.c_cc[key] == byte;
}

static bool is_control(uint8_t byte)
{
    return byte < ' ' || byte == 0x7f;
}

/* Does the byte continue a UTF-8 character? Then it takes no column. */
static bool is_continuation(const struct line *line, uint8_t byte)
{
    return line->termios.c_iflag & IUTF8 && (byte & 0xc0) == 0x80;
}

/* ---- Output ---- */

/* A tab, expanded to blanks with XTABS. */
static size_t output_tab(struct line *line, uint8_t *out)
{
    size_t n = TAB_WIDTH - line->column % TAB_WIDTH;
    line->column += n;
    if ((line->termios.c_oflag & TABDLY) != XTABS) {
        out[0] = '\t';
        return 1;
    }
    memset(out, ' ', n);
    return n;
}

/* A newline; with ONLCR it also returns to the first column. */
static size_t output_newline(struct line *line, uint8_t *out)
{
    if (line->termios.c_oflag & ONLRET)
        line->column = 0;
    if (!(line->termios.c_oflag & ONLCR)) {
        out[0] = '\n';
        return 1;
    }
    line->column = line->line_column = 0;
    out[0] = '\r';
    out[1] = '\n';
    return 2;
}

static size_t output_return(struct line *line, uint8_t *out)
{
    if (line->termios.c_oflag & ONOCR && line->column == 0)
        return 0;
    if (line->termios.c_oflag & OCRNL) {
        out[0] = '\n';
        if (line->termios.c_oflag & ONLRET)
            line->column = line->line_column = 0;
        return 1;
    }
    line->column = line->line_column = 0;
    out[0] = '\r';
    return 1;
}

size_t line_output(struct line *line, uint8_t byte, uint8_t out[LINE_EXPANDED])
{
    if (line->termios.c_oflag & OPOST) {
        switch (byte) {
        case '\n': return output_newline(line, out);
        case '\r': return output_return(line, out);
        case '\t': return output_tab(line, out);
        case '\b': line->column -= line->column > 0; break;
        default:
            if (line->termios.c_oflag & OLCUC && byte >= 'a' && byte <= 'z')
                byte -= 'a' - 'A';
            line->column += !is_control(byte) && !is_continuation(line, byte);
        }
    }
    out[0] = byte;
    return 1;
}

size_t line_output_plain(struct line *line, const uint8_t *bytes, size_t n)
{
    if (!(line->termios.c_oflag & OPOST))
        return n;
    size_t i = 0;
    while (i < n && bytes[i] >= ' ' && !(line->termios.c_oflag & OLCUC))
        line->column += bytes[i] != 0x7f && !is_continuation(line, bytes[i]), i++;
    return i;
}

/* ---- Echo ---- */

static void echo_byte(struct line *line, uint8_t byte)
{
    uint8_t out[LINE_EXPANDED];
    line->echo(line, out, line_output(line, byte, out));
}

static void echo_text(struct line *line, const char *text)
{
    while (*text)
        echo_byte(line, *text++);
}

/* Shows a typed byte; a control character as ^X with ECHOCTL. */
static void echo_typed(struct line *line, uint8_t byte)
{
    if (has(line, ECHOCTL) && is_control(byte) && byte != '\t' && byte != '\n') {
        echo_byte(line, '^');
        echo_byte(line, byte ^ 0x40);
    } else {
        echo_byte(line, byte);
    }
}

/* The column of the cursor after a byte was shown at a column. */
static uint32_t column_after(const struct line *line, uint32_t column, uint8_t byte)
{
    if (byte == '\t')
        return column + TAB_WIDTH - column % TAB_WIDTH;
    if (is_control(byte))
        return column + (has(line, ECHOCTL) ? 2 : 0);
    return column + !is_continuation(line, byte);
}

/* The width of the last byte of the typed line. That of a tab depends on all bytes before it. */
static uint32_t width_of_last(const struct line *line)
{
    uint32_t column = line->line_column, before = column;
    for (uint32_t at = line->ready; at != line->next; at++) {
        before = column;
        column = column_after(line, column, line->bytes[at % LINE_BYTES]);
    }
    return column - before;
}

/* ---- Editing the line that is being typed ---- */

static uint8_t last_typed(const struct line *line)
{
    return line->bytes[(line->next - 1) % LINE_BYTES];
}

/* Removes the last character, with all its bytes, and erases it from the screen if `show` is set.
 */
static void erase_one(struct line *line, bool show)
{
    if (line->next == line->ready)
        return;
    while (line->next - 1 != line->ready && is_continuation(line, last_typed(line)))
        line->next--;
    uint32_t width = show ? width_of_last(line) : 0;
    line->next--;
    while (width-- > 0)
        echo_text(line, "\b \b");
}

static bool is_word_byte(uint8_t byte)
{
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
           (byte >= '0' && byte <= '9') || byte == '_' || byte >= 0x80;
}

/* ^W: removes blanks and punctuation at the end, and then the word before them. */
static void erase_word(struct line *line, bool show)
{
    while (line->next != line->ready && !is_word_byte(last_typed(line)))
        erase_one(line, show);
    while (line->next != line->ready && is_word_byte(last_typed(line)))
        erase_one(line, show);
}

/* ^U: removes the whole line. */
static void erase_line(struct line *line)
{
    bool wipe = has(line, ECHO) && has(line, ECHOK) && has(line, ECHOKE) && has(line, ECHOE);
    while (line->next != line->ready)
        erase_one(line, wipe);
    if (!wipe && has(line, ECHO)) {
        echo_typed(line, line->termios.c_cc[VKILL]);
        if (has(line, ECHOK))
            echo_byte(line, '\n');
    }
}

/* The erase key: erases the character from the screen or, without ECHOE, shows the key itself. */
static void erase_key(struct line *line)
{
    bool wipe = has(line, ECHO) && has(line, ECHOE);
    if (!wipe && has(line, ECHO) && line->next != line->ready)
        echo_typed(line, line->termios.c_cc[VERASE]);
    erase_one(line, wipe);
}

/* ^R: shows the line again on a new one. */
static void reprint(struct line *line)
{
    echo_typed(line, line->termios.c_cc[VREPRINT]);
    echo_byte(line, '\n');
    for (uint32_t at = line->ready; at != line->next; at++)
        echo_typed(line, line->bytes[at % LINE_BYTES]);
}

/* ---- Input ---- */

static void store(struct line *line, uint8_t byte)
{
    if (line->next == line->ready)
        line->line_column = line->column;
    bitmap_clear(line->ends, line->next % LINE_BYTES);
    line->bytes[line->next++ % LINE_BYTES] = byte;
}

/* Ends the typed line with a byte, which the caller has shown. Now it can be read. */
static void store_end(struct line *line, uint8_t byte)
{
    store(line, byte);
    bitmap_set(line->ends, (line->next - 1) % LINE_BYTES);
    line->ready = line->next;
}

/* A key that sends a signal. Without NOFLSH it also discards the input. */
static void signal_key(struct line *line, int signal, uint8_t byte)
{
    line->signals |= 1u << signal;
    line->stopped = false;
    if (!has(line, NOFLSH))
        line_flush_input(line);
    if (has(line, ECHO))
        echo_typed(line, byte);
}

/* Handles keys that have a meaning in every mode: signals, stop and start. True if the byte was
 * one. */
static bool input_control(struct line *line, uint8_t byte)
{
    if (line->termios.c_iflag & IXON) {
        if (is_key(line, byte, VSTART) || is_key(line, byte, VSTOP)) {
            line->stopped =
                is_key(line, byte, VSTOP) && !(line->stopped && is_key(line, byte, VSTART));
            return true;
        }
        if (line->termios.c_iflag & IXANY)
            line->stopped = false;
    }
    if (!has(line, ISIG))
        return false;
    int signal = is_key(line, byte, VINTR)   ? SIGINT
                 : is_key(line, byte, VQUIT) ? SIGQUIT
                 : is_key(line, byte, VSUSP) ? SIGTSTP
                                             : 0;
    if (signal)
        signal_key(line, signal, byte);
    return signal != 0;
}

/* Handles keys that edit the typed line. True if the byte was one. */
static bool input_edit(struct line *line, uint8_t byte)
{
    if (is_key(line, byte, VERASE))
        erase_key(line);
    else if (is_key(line, byte, VKILL))
        erase_line(line);
    else if (has(line, IEXTEN) && is_key(line, byte, VWERASE))
        erase_word(line, has(line, ECHO) && has(line, ECHOE));
    else if (has(line, IEXTEN) && is_key(line, byte, VREPRINT) && has(line, ECHO))
        reprint(line);
    else
        return false;
    return true;
}

/* Handles bytes that end the typed line. True if the byte was one. */
static bool input_end(struct line *line, uint8_t byte)
{
    if (byte == '\n') {
        if (has(line, ECHO) || has(line, ECHONL))
            echo_byte(line, '\n');
    } else if (is_key(line, byte, VEOF)) {
        byte = END_OF_FILE;
    } else if (is_key(line, byte, VEOL) || (has(line, IEXTEN) && is_key(line, byte, VEOL2))) {
        if (has(line, ECHO))
            echo_typed(line, byte);
    } else {
        return false;
    }
    store_end(line, byte);
    return true;
}

/* A byte in line mode: it edits the line, ends it, or is added. What does not fit is dropped; there
 * is always room left for the end of the line. */
static void input_canonical(struct line *line, uint8_t byte, bool literal)
{
    bool full = line->next - line->read >= LINE_BYTES;
    if (!literal && (input_edit(line, byte) || (!full && input_end(line, byte))))
        return;
    if (line->next - line->read >= LINE_BYTES - 1)
        return;
    store(line, byte);
    if (has(line, ECHO))
        echo_typed(line, byte);
}

/* A byte in raw mode: it can be read at once. */
static void input_raw(struct line *line, uint8_t byte)
{
    if (line->next - line->read >= LINE_BYTES)
        return;
    store(line, byte);
    line->ready = line->next;
    if (has(line, ECHO))
        echo_typed(line, byte);
}

/* Applies ISTRIP, IUCLC and the three flags about carriage return. False if the byte is ignored. */
static bool input_translate(struct line *line, uint8_t *byte)
{
    uint32_t flags = line->termios.c_iflag;
    if (flags & ISTRIP)
        *byte &= 0x7f;
    if (flags & IUCLC && has(line, IEXTEN) && *byte >= 'A' && *byte <= 'Z')
        *byte += 'a' - 'A';
    if (*byte == '\r' && flags & IGNCR)
        return false;
    if (*byte == '\r' && flags & ICRNL)
        *byte = '\n';
    else if (*byte == '\n' && flags & INLCR)
        *byte = '\r';
    return true;
}

void line_input(struct line *line, uint8_t byte)
{
    bool literal = line->literal;
    line->literal = false;
    if (!literal && !input_translate(line, &byte))
        return;
    if (!literal && input_control(line, byte))
        return;
    if (!literal && has(line, ICANON) && has(line, IEXTEN) && is_key(line, byte, VLNEXT)) {
        line->literal = true;
        if (has(line, ECHO) && has(line, ECHOCTL))
            echo_text(line, "^\b");
        return;
    }
    if (has(line, ICANON))
        input_canonical(line, byte, literal);
    else
        input_raw(line, byte);
}

/* ---- The reader's side ---- */

size_t line_room(const struct line *line)
{
    size_t left = LINE_BYTES - (line->next - line->read);
    bool drops = has(line, ICANON) && line->ready == line->read;
    return drops ? max(left, (size_t)1) : left;
}

size_t line_waiting(const struct line *line)
{
    size_t n = line->ready - line->read;
    if (has(line, ICANON))
        for (uint32_t at = line->read; at != line->ready; at++)
            n -= line->bytes[at % LINE_BYTES] == END_OF_FILE &&
                 bitmap_test(line->ends, at % LINE_BYTES);
    return n;
}

bool line_readable(const struct line *line, size_t at_least)
{
    size_t n = line->ready - line->read;
    return has(line, ICANON) ? n > 0 : n >= at_least;
}

size_t line_look(const struct line *line, uint8_t *to, size_t n, bool *end, uint32_t *next)
{
    size_t done = 0;
    uint32_t at = line->read;
    *end = false;
    while (at != line->ready && !*end) {
        uint8_t byte = line->bytes[at % LINE_BYTES];
        bool ends = has(line, ICANON) && bitmap_test(line->ends, at % LINE_BYTES);
        bool silent = ends && byte == END_OF_FILE;
        if (done == n && !silent)
            break;
        if (!silent)
            to[done++] = byte;
        at++;
        *end = ends;
    }
    *next = at;
    return done;
}

void line_flush_input(struct line *line)
{
    line->read = line->ready = line->next;
    line->literal = false;
}

void line_set(struct line *line, const struct kernel_termios *termios)
{
    uint32_t changed = line->termios.c_lflag ^ termios->c_lflag;
    line->termios = *termios;
    if (changed & ICANON) {
        memset(line->ends, 0, sizeof(line->ends));
        line->ready = line->next;
        if (has(line, ICANON) && line->next != line->read)
            bitmap_set(line->ends, (line->next - 1) % LINE_BYTES);
    }
    if (!(termios->c_iflag & IXON))
        line->stopped = false;
}
