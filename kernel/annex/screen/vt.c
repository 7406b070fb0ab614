/* The text screen's input: characters, control characters, and escape sequences.
 *
 * It is a state machine: each byte is processed according to `state`. Text is UTF-8; ESC begins a
 * sequence, which collects parameters until its last letter, and is then performed (vt_cells.c).
 * Malformed input is shown as a small square or ignored, and never leaves the state machine stuck:
 * most sequences end at any letter. */
/* SPDX-License-Identifier: MIT */
#include "vt.h"
#include "vt_cells.h"

#define UNKNOWN_CHARACTER 0xfe /* a small square */

/* Where code page 437 has the characters that are not ASCII, in the order of code points. */
static const struct {
    uint16_t code;
    uint8_t place;
} places[] = {
    {0x00a0, 0x20}, {0x00a1, 0xad}, {0x00a2, 0x9b}, {0x00a3, 0x9c}, {0x00a5, 0x9d}, {0x00a7, 0x15},
    {0x00aa, 0xa6}, {0x00ab, 0xae}, {0x00ac, 0xaa}, {0x00b0, 0xf8}, {0x00b1, 0xf1}, {0x00b2, 0xfd},
    {0x00b5, 0xe6}, {0x00b6, 0x14}, {0x00b7, 0xfa}, {0x00ba, 0xa7}, {0x00bb, 0xaf}, {0x00bc, 0xac},
    {0x00bd, 0xab}, {0x00bf, 0xa8}, {0x00c4, 0x8e}, {0x00c5, 0x8f}, {0x00c6, 0x92}, {0x00c7, 0x80},
    {0x00c9, 0x90}, {0x00d1, 0xa5}, {0x00d6, 0x99}, {0x00dc, 0x9a}, {0x00df, 0xe1}, {0x00e0, 0x85},
    {0x00e1, 0xa0}, {0x00e2, 0x83}, {0x00e4, 0x84}, {0x00e5, 0x86}, {0x00e6, 0x91}, {0x00e7, 0x87},
    {0x00e8, 0x8a}, {0x00e9, 0x82}, {0x00ea, 0x88}, {0x00eb, 0x89}, {0x00ec, 0x8d}, {0x00ed, 0xa1},
    {0x00ee, 0x8c}, {0x00ef, 0x8b}, {0x00f1, 0xa4}, {0x00f2, 0x95}, {0x00f3, 0xa2}, {0x00f4, 0x93},
    {0x00f6, 0x94}, {0x00f7, 0xf6}, {0x00f9, 0x97}, {0x00fa, 0xa3}, {0x00fb, 0x96}, {0x00fc, 0x81},
    {0x00ff, 0x98}, {0x2022, 0x07}, {0x2190, 0x1b}, {0x2191, 0x18}, {0x2192, 0x1a}, {0x2193, 0x19},
    {0x2500, 0xc4}, {0x2502, 0xb3}, {0x250c, 0xda}, {0x2510, 0xbf}, {0x2514, 0xc0}, {0x2518, 0xd9},
    {0x251c, 0xc3}, {0x2524, 0xb4}, {0x252c, 0xc2}, {0x2534, 0xc1}, {0x253c, 0xc5}, {0x2550, 0xcd},
    {0x2551, 0xba}, {0x2554, 0xc9}, {0x2557, 0xbb}, {0x255a, 0xc8}, {0x255d, 0xbc}, {0x2560, 0xcc},
    {0x2563, 0xb9}, {0x2566, 0xcb}, {0x2569, 0xca}, {0x256c, 0xce}, {0x2580, 0xdf}, {0x2584, 0xdc},
    {0x2588, 0xdb}, {0x2591, 0xb0}, {0x2592, 0xb1}, {0x2593, 0xb2}, {0x25a0, 0xfe},
};

/* The line-drawing set: for the characters ` to ~. */
static const uint8_t drawing[] = {
    0x04, 0xb1, 0x09, 0x0c, 0x0d, 0x0a, 0xf8, 0xf1, 0x12, 0x0b, 0xd9, 0xbf, 0xda, 0xc0, 0xc5, 0xc4,
    0xc4, 0xc4, 0xc4, 0x5f, 0xc3, 0xb4, 0xc1, 0xc2, 0xb3, 0xf3, 0xf2, 0xe3, 0xd8, 0x9c, 0xfa,
};

/* The place of a character in the screen's font. */
static uint8_t place_of(const struct vt *vt, uint32_t code)
{
    if (code >= '`' && code <= '~' && vt->cursor.graphics[vt->cursor.set])
        return drawing[code - '`'];
    if (code < 0x80)
        return code;
    for (size_t i = 0; i < ARRAY_SIZE(places); i++)
        if (places[i].code == code)
            return places[i].place;
    return UNKNOWN_CHARACTER;
}

void vt_put(struct vt *vt, uint32_t code)
{
    struct vt_cursor *cursor = &vt->cursor;
    if (vt->wrap_due && vt->autowrap) {
        cursor->column = 0;
        vt_line_feed(vt);
    }
    vt->wrap_due = false;
    if (vt->insert)
        vt_insert_cells(vt, 1);
    vt->cells[cursor->row][cursor->column] = place_of(vt, code) | vt_colour(vt) << 8;
    vt->dirty[cursor->row] = true;
    vt->last_code = code;
    if (cursor->column + 1 < VT_COLUMNS)
        cursor->column++;
    else
        vt->wrap_due = true;
}

/* A byte of text: collects UTF-8. Malformed text is shown as the unknown character. */
static void vt_text(struct vt *vt, uint8_t byte)
{
    if ((byte & 0xc0) == 0x80 && vt->continuation > 0) {
        vt->code = vt->code << 6 | (byte & 0x3f);
        if (--vt->continuation == 0)
            vt_put(vt, vt->code);
        return;
    }
    if (vt->continuation > 0)
        vt_put(vt, UINT32_MAX);
    vt->continuation = byte < 0xc0 ? 0 : byte < 0xe0 ? 1 : byte < 0xf0 ? 2 : byte < 0xf8 ? 3 : 0;
    if (vt->continuation > 0)
        vt->code = byte & (0x3f >> vt->continuation);
    else
        vt_put(vt, byte < 0x80 ? byte : UINT32_MAX);
}

static void vt_tab(struct vt *vt)
{
    int column = vt->cursor.column + 1;
    while (column < VT_COLUMNS - 1 && !(vt->tabs[column / 8] >> column % 8 & 1))
        column++;
    vt->cursor.column = min(column, VT_COLUMNS - 1);
    vt->wrap_due = false;
}

/* Handles control characters, which also work inside a sequence. True if the byte was one. */
static bool vt_control(struct vt *vt, uint8_t byte)
{
    switch (byte) {
    case '\b':
        vt->cursor.column -= vt->cursor.column > 0;
        vt->wrap_due = false;
        break;
    case '\t': vt_tab(vt); break;
    case '\n':
    case '\v':
    case '\f':
        vt_line_feed(vt);
        if (vt->newline_returns)
            vt->cursor.column = 0;
        break;
    case '\r':
        vt->cursor.column = 0;
        vt->wrap_due = false;
        break;
    case 0x0e:
    case 0x0f: vt->cursor.set = byte == 0x0e; break;
    case 0x18:
    case 0x1a: vt->state = VT_TEXT; break;
    case 0x1b: vt->state = vt->state == VT_STRING ? VT_STRING_ESCAPE : VT_ESCAPE; break;
    case 0x7f: break;
    default: return byte < ' ';
    }
    return true;
}

/* The byte after ESC. */
static void vt_escape(struct vt *vt, uint8_t byte)
{
    vt->state = VT_TEXT;
    switch (byte) {
    case '[':
        memset(vt->parameters, 0, sizeof(vt->parameters));
        vt->n_parameters = 0;
        vt->introducer = 0;
        vt->state = VT_CSI;
        break;
    case ']':
    case 'P':
    case '^':
    case '_':
    case 'X':
        vt->introducer = byte == ']' ? ']' : 0;
        vt->n_parameters = 0;
        vt->state = VT_STRING;
        break;
    case '(':
    case ')':
        vt->introducer = byte;
        vt->state = VT_SET;
        break;
    case '#':
    case '%': vt->state = VT_HASH; break;
    case '7': vt->saved = vt->cursor; break;
    case '8': vt_restore(vt); break;
    case 'D': vt_line_feed(vt); break;
    case 'E':
        vt->cursor.column = 0;
        vt_line_feed(vt);
        break;
    case 'M': vt_reverse_feed(vt); break;
    case 'H': vt->tabs[vt->cursor.column / 8] |= 1 << vt->cursor.column % 8; break;
    case 'c': vt_init(vt); break;
    }
}

/* A byte of a control sequence: parameters, then the letter that performs it. */
static void vt_csi(struct vt *vt, uint8_t byte)
{
    int *parameter = &vt->parameters[min(vt->n_parameters, VT_PARAMETERS - 1)];
    if (byte >= '0' && byte <= '9') {
        *parameter = min(*parameter * 10 + (byte - '0'), 9999);
    } else if (byte == ';' || byte == ':') {
        vt->n_parameters = min(vt->n_parameters + 1, VT_PARAMETERS - 1);
    } else if (byte == '[' && vt->n_parameters == 0) {
        vt->state = VT_FUNCTION_KEY; /* a function key that came back as output */
    } else if (byte >= 0x20 && byte <= 0x3f) {
        vt->introducer = byte;
    } else {
        vt->n_parameters++;
        vt->state = VT_TEXT;
        vt_perform(vt, byte);
    }
}

/* A byte of a string that is ignored: titles, palettes. BEL or ESC \ ends it; the palette strings
 * of TERM=linux, ESC ] R and ESC ] P with seven digits, end by themselves. */
static void vt_string(struct vt *vt, uint8_t byte)
{
    bool first = vt->n_parameters++ == 0;
    if (vt->introducer == ']' && first && (byte == 'P' || byte == 'R'))
        vt->introducer = byte;
    bool over = vt->introducer == 'R' || (vt->introducer == 'P' && vt->n_parameters == 8);
    if (byte == 0x07 || over)
        vt->state = VT_TEXT;
}

static void vt_sequence(struct vt *vt, uint8_t byte)
{
    switch (vt->state) {
    case VT_ESCAPE: vt_escape(vt, byte); break;
    case VT_CSI: vt_csi(vt, byte); break;
    case VT_STRING_ESCAPE:
        vt->state = VT_TEXT;
        if (byte != '\\')
            vt_escape(vt, byte);
        break;
    case VT_SET:
        vt->cursor.graphics[vt->introducer == ')'] = byte == '0';
        vt->state = VT_TEXT;
        break;
    default: vt->state = VT_TEXT; break;
    }
}

static void vt_byte(struct vt *vt, uint8_t byte)
{
    if (vt->state == VT_TEXT && byte >= ' ' && byte != 0x7f) {
        vt_text(vt, byte);
        return;
    }
    vt->continuation = 0;
    if (vt->state == VT_STRING && byte != 0x1b && byte != 0x18 && byte != 0x1a)
        vt_string(vt, byte);
    else if (!vt_control(vt, byte))
        vt_sequence(vt, byte);
}

void vt_write(struct vt *vt, const uint8_t *bytes, size_t n)
{
    vt_look_back(vt, -vt->back);
    for (size_t i = 0; i < n; i++)
        vt_byte(vt, bytes[i]);
}
