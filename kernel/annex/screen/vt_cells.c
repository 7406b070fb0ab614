/* The text screen's control sequences: moving, erasing, inserting, scrolling, colours, modes.
 *
 * The screen is an array of cells, each a character and a colour as VGA has them. A change marks
 * its row as dirty, so that the owner copies only such rows to the adapter. Rows that scroll off
 * the top of the whole screen go into a ring, `history`, for Shift-PageUp.
 *
 * A character in the last column does not move the cursor to the next row at once, but sets
 * `wrap_due`; the next character wraps. Otherwise a program could not write the last cell of the
 * screen without scrolling it. Every movement of the cursor clears the flag.
 *
 * Programs such as editors set a scroll region: only the rows from `top` to `bottom` scroll, and
 * status lines outside stay where they are. In origin mode rows are counted from the top of the
 * region. */
/* SPDX-License-Identifier: MIT */
#include "vt_cells.h"

#define DEFAULT_COLOUR 0x07

void vt_init(struct vt *vt)
{
    memset(vt, 0, offsetof(struct vt, history));
    vt->cursor.colour = DEFAULT_COLOUR;
    vt->cursor.graphics[1] = true;
    vt->saved = vt->cursor;
    vt->bottom = VT_ROWS;
    vt->autowrap = true;
    for (int column = 8; column < VT_COLUMNS; column += 8)
        vt->tabs[column / 8] |= 1;
    for (int row = 0; row < VT_ROWS; row++) {
        for (int column = 0; column < VT_COLUMNS; column++)
            vt->cells[row][column] = ' ' | DEFAULT_COLOUR << 8;
        vt->dirty[row] = true;
    }
}

/* The colour byte of characters that are written now. */
uint8_t vt_colour(const struct vt *vt)
{
    const struct vt_cursor *cursor = &vt->cursor;
    uint8_t colour = cursor->colour;
    if (cursor->underline)
        colour = (colour & 0xf0) | 0x03; /* cyan, as a colour screen cannot underline */
    if (cursor->reverse)
        colour = (colour & 0x88) | (colour & 0x07) << 4 | (colour >> 4 & 0x07);
    return colour | (cursor->bold ? 0x08 : 0) | (cursor->blink ? 0x80 : 0);
}

/* ---- Cells and rows ---- */

static uint16_t blank(const struct vt *vt)
{
    return ' ' | (vt->cursor.colour & 0x77) << 8;
}

static void erase(struct vt *vt, int row, int from, int to)
{
    for (int column = from; column < to; column++)
        vt->cells[row][column] = blank(vt);
    vt->dirty[row] = true;
}

/* Saves the first n rows of the screen, which are about to scroll off. */
static void keep(struct vt *vt, int n)
{
    for (int row = 0; row < n; row++) {
        memcpy(vt->history[vt->history_next], vt->cells[row], sizeof(vt->cells[row]));
        vt->history_next = (vt->history_next + 1) % VT_HISTORY;
        vt->history_rows = min(vt->history_rows + 1, VT_HISTORY);
    }
}

void vt_look_back(struct vt *vt, int rows)
{
    int back = min(max(vt->back + rows, 0), vt->history_rows);
    for (int row = 0; row < VT_ROWS; row++)
        vt->dirty[row] |= back != vt->back;
    vt->back = back;
}

const uint16_t *vt_view(const struct vt *vt, int row)
{
    int above = vt->back - row;
    if (above <= 0)
        return vt->cells[-above];
    return vt->history[(vt->history_next + VT_HISTORY - above) % VT_HISTORY];
}

/* Moves the rows [top, bottom) up by n (down if n < 0); blank rows come in. */
static void scroll(struct vt *vt, int top, int bottom, int n)
{
    int height = bottom - top, shift = min(n < 0 ? -n : n, height);
    typeof(vt->cells[0]) *rows = vt->cells + top;
    size_t kept = sizeof(rows[0]) * (height - shift);
    if (n > 0 && height == VT_ROWS)
        keep(vt, shift);
    if (n > 0)
        memmove(rows, rows + shift, kept);
    else
        memmove(rows + shift, rows, kept);
    for (int row = top; row < bottom; row++)
        vt->dirty[row] = true;
    for (int i = 0; i < shift; i++)
        erase(vt, n > 0 ? bottom - 1 - i : top + i, 0, VT_COLUMNS);
}

void vt_insert_cells(struct vt *vt, int n)
{
    uint16_t *row = vt->cells[vt->cursor.row];
    int at = vt->cursor.column, kept = max(VT_COLUMNS - at - n, 0);
    memmove(row + VT_COLUMNS - kept, row + at, kept * sizeof(*row));
    erase(vt, vt->cursor.row, at, VT_COLUMNS - kept);
}

static void delete_cells(struct vt *vt, int n)
{
    uint16_t *row = vt->cells[vt->cursor.row];
    int at = vt->cursor.column, kept = max(VT_COLUMNS - at - n, 0);
    memmove(row + at, row + VT_COLUMNS - kept, kept * sizeof(*row));
    erase(vt, vt->cursor.row, at + kept, VT_COLUMNS);
}

/* X: blanks n cells from the cursor on; nothing moves. */
static void erase_cells(struct vt *vt, int n)
{
    int column = vt->cursor.column;
    erase(vt, vt->cursor.row, column, min(column + n, VT_COLUMNS));
}

/* Inserts n rows at the cursor (deletes if n < 0), inside the scroll region only. */
static void insert_rows(struct vt *vt, int n)
{
    if (vt->cursor.row < vt->top || vt->cursor.row >= vt->bottom)
        return;
    scroll(vt, vt->cursor.row, vt->bottom, -n);
    vt->cursor.column = 0;
}

void vt_line_feed(struct vt *vt)
{
    vt->wrap_due = false;
    if (vt->cursor.row + 1 == vt->bottom)
        scroll(vt, vt->top, vt->bottom, 1);
    else if (vt->cursor.row + 1 < VT_ROWS)
        vt->cursor.row++;
}

void vt_reverse_feed(struct vt *vt)
{
    vt->wrap_due = false;
    if (vt->cursor.row == vt->top)
        scroll(vt, vt->top, vt->bottom, -1);
    else if (vt->cursor.row > 0)
        vt->cursor.row--;
}

/* ---- The cursor ---- */

/* Moves the cursor to a place on the screen; in origin mode, within the scroll region and relative
 * to it. */
static void go(struct vt *vt, int row, int column)
{
    int first = vt->origin ? vt->top : 0, last = (vt->origin ? vt->bottom : VT_ROWS) - 1;
    vt->cursor.row = min(max(row + first, first), last);
    vt->cursor.column = min(max(column, 0), VT_COLUMNS - 1);
    vt->wrap_due = false;
}

/* Moves up or down; from inside the scroll region not beyond its edge. */
static void go_vertically(struct vt *vt, int by)
{
    int row = vt->cursor.row;
    int first = row >= vt->top ? vt->top : 0, last = (row < vt->bottom ? vt->bottom : VT_ROWS) - 1;
    vt->cursor.row = min(max(row + by, first), last);
    vt->wrap_due = false;
}

static void go_to_column(struct vt *vt, int column)
{
    vt->cursor.column = min(max(column, 0), VT_COLUMNS - 1);
    vt->wrap_due = false;
}

void vt_restore(struct vt *vt)
{
    vt->cursor = vt->saved;
    vt->wrap_due = false;
}

/* ---- Sequences ---- */

static int parameter(const struct vt *vt, int index, int otherwise)
{
    int value = index < vt->n_parameters ? vt->parameters[index] : 0;
    return value ? value : otherwise;
}

/* J: erases below the cursor, above it, all, or what scrolled away. */
static void erase_screen(struct vt *vt, int which)
{
    if (which == 3)
        vt->history_rows = 0;
    int row = vt->cursor.row, column = vt->cursor.column;
    if (which == 0)
        erase(vt, row, column, VT_COLUMNS);
    if (which == 1)
        erase(vt, row, 0, column + 1);
    for (int i = which == 0 ? row + 1 : 0; i < (which == 1 ? row : VT_ROWS); i++)
        erase(vt, i, 0, VT_COLUMNS);
}

/* K: erases to the right of the cursor, to its left, or the whole row. */
static void erase_row(struct vt *vt, int which)
{
    int column = vt->cursor.column;
    erase(vt, vt->cursor.row, which == 0 ? column : 0, which == 1 ? column + 1 : VT_COLUMNS);
}

/* The VGA colour for one of ANSI's eight: red and blue are exchanged. */
static uint8_t vga_colour(int ansi)
{
    static const uint8_t colours[8] = {0, 4, 2, 6, 1, 5, 3, 7};
    return colours[ansi & 7];
}

/* 38 and 48: a colour of 256 becomes one of eight, or is ignored. The result is how many parameters
 * it has. */
static int set_wide_colour(struct vt *vt, int at, int shift)
{
    int kind = parameter(vt, at + 1, 0), value = parameter(vt, at + 2, 0);
    if (kind == 5 && value < 16)
        vt->cursor.colour = (vt->cursor.colour & ~(7 << shift)) | vga_colour(value) << shift;
    return kind == 5 ? 2 : kind == 2 ? 4 : 0;
}

/* m: sets one attribute. The result is how many more parameters belong to it. */
static int set_attribute(struct vt *vt, int at)
{
    struct vt_cursor *cursor = &vt->cursor;
    int value = parameter(vt, at, 0);
    switch (value) {
    case 0:
        cursor->bold = cursor->underline = cursor->blink = cursor->reverse = false;
        cursor->colour = DEFAULT_COLOUR;
        break;
    case 1: cursor->bold = true; break;
    case 4: cursor->underline = true; break;
    case 5: cursor->blink = true; break;
    case 7: cursor->reverse = true; break;
    case 21:
    case 22: cursor->bold = false; break;
    case 24: cursor->underline = false; break;
    case 25: cursor->blink = false; break;
    case 27: cursor->reverse = false; break;
    case 38: return set_wide_colour(vt, at, 0);
    case 39: cursor->colour = (cursor->colour & 0xf0) | (DEFAULT_COLOUR & 0x0f); break;
    case 48: return set_wide_colour(vt, at, 4);
    case 49: cursor->colour = (cursor->colour & 0x0f) | (DEFAULT_COLOUR & 0xf0); break;
    default:
        if ((value >= 30 && value <= 37) || (value >= 90 && value <= 97))
            cursor->colour = (cursor->colour & 0xf0) | vga_colour(value % 10);
        else if ((value >= 40 && value <= 47) || (value >= 100 && value <= 107))
            cursor->colour = (cursor->colour & 0x0f) | vga_colour(value % 10) << 4;
    }
    return 0;
}

/* h and l: switches modes on and off. There is no alternate screen; to ask for it has no effect. */
static void set_mode(struct vt *vt, int mode, bool on)
{
    if (vt->introducer == '?') {
        switch (mode) {
        case 1: vt->application_keys = on; break;
        case 6:
            vt->origin = on;
            go(vt, 0, 0);
            break;
        case 7: vt->autowrap = on; break;
        case 25: vt->hidden = !on; break;
        }
    } else if (mode == 4) {
        vt->insert = on;
    } else if (mode == 20) {
        vt->newline_returns = on;
    }
}

/* n and c: the screen answers what it is asked for. */
static void report(struct vt *vt, char letter)
{
    if (letter == 'c' && vt->introducer == 0)
        vt->reply_length = format(vt->reply, sizeof(vt->reply), "\033[?6c");
    else if (letter == 'n' && parameter(vt, 0, 0) == 5)
        vt->reply_length = format(vt->reply, sizeof(vt->reply), "\033[0n");
    else if (letter == 'n' && parameter(vt, 0, 0) == 6)
        vt->reply_length =
            format(vt->reply, sizeof(vt->reply), "\033[%d;%dR",
                   vt->cursor.row + 1 - (vt->origin ? vt->top : 0), vt->cursor.column + 1);
}

/* r: the region that scrolls. */
static void set_region(struct vt *vt)
{
    int top = parameter(vt, 0, 1) - 1, bottom = min(parameter(vt, 1, VT_ROWS), VT_ROWS);
    if (top + 1 >= bottom)
        return;
    vt->top = top;
    vt->bottom = bottom;
    go(vt, 0, 0);
}

/* g: removes the tab stop here, or all. */
static void clear_tabs(struct vt *vt)
{
    if (parameter(vt, 0, 0) == 3)
        memset(vt->tabs, 0, sizeof(vt->tabs));
    else if (parameter(vt, 0, 0) == 0)
        vt->tabs[vt->cursor.column / 8] &= ~(1 << vt->cursor.column % 8);
}

/* Performs sequences that move the cursor. True if it was one. */
static bool perform_move(struct vt *vt, char letter, int n)
{
    switch (letter) {
    case 'A': go_vertically(vt, -n); break;
    case 'B':
    case 'e': go_vertically(vt, n); break;
    case 'C':
    case 'a': go_to_column(vt, vt->cursor.column + n); break;
    case 'D': go_to_column(vt, vt->cursor.column - n); break;
    case 'E':
        go_vertically(vt, n);
        go_to_column(vt, 0);
        break;
    case 'F':
        go_vertically(vt, -n);
        go_to_column(vt, 0);
        break;
    case 'G':
    case '`': go_to_column(vt, n - 1); break;
    case 'd': go(vt, n - 1, vt->cursor.column); break;
    case 'H':
    case 'f': go(vt, n - 1, parameter(vt, 1, 1) - 1); break;
    default: return false;
    }
    return true;
}

/* Long, but each line is one sequence. */
void vt_perform(struct vt *vt, char letter)
{
    int n = parameter(vt, 0, 1), raw = parameter(vt, 0, 0);
    bool mode = letter == 'h' || letter == 'l' || letter == 'c';
    if ((vt->introducer && !mode) || perform_move(vt, letter, n))
        return;
    switch (letter) {
    case 'J': erase_screen(vt, raw); break;
    case 'K': erase_row(vt, raw); break;
    case 'X': erase_cells(vt, n); break;
    case '@': vt_insert_cells(vt, n); break;
    case 'P': delete_cells(vt, n); break;
    case 'L': insert_rows(vt, n); break;
    case 'M': insert_rows(vt, -n); break;
    case 'S': scroll(vt, vt->top, vt->bottom, n); break;
    case 'T': scroll(vt, vt->top, vt->bottom, -n); break;
    case 'b':
        for (int i = 0; i < min(n, VT_COLUMNS * VT_ROWS); i++)
            vt_put(vt, vt->last_code);
        break;
    case 'm':
        for (int i = 0; i < vt->n_parameters; i++)
            i += set_attribute(vt, i);
        break;
    case 'h':
    case 'l':
        for (int i = 0; i < vt->n_parameters; i++)
            set_mode(vt, vt->parameters[i], letter == 'h');
        break;
    case 'r': set_region(vt); break;
    case 's': vt->saved = vt->cursor; break;
    case 'u': vt_restore(vt); break;
    case 'g': clear_tabs(vt); break;
    case 'n':
    case 'c': report(vt, letter); break;
    }
}
