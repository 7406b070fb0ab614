/* The text screen's escape sequences, and the keyboard's map. */
/* SPDX-License-Identifier: MIT */
#include <string.h>
#include "../../kernel/annex/screen/vt.c"
#include "../../kernel/annex/screen/vt_cells.c"
#include "../../kernel/annex/screen/keymap.c"
#include "tap.h"

static struct vt vt;

static void put(const char *text)
{
    vt_write(&vt, (const uint8_t *)text, strlen(text));
}

static void start(const char *text)
{
    vt_init(&vt);
    put(text);
}

/* Does the row hold this text, blanks after it? */
static int row_is(int row, const char *text)
{
    size_t n = strlen(text);
    for (size_t i = 0; i < VT_COLUMNS; i++)
        if ((vt.cells[row][i] & 0xff) != (i < n ? (uint8_t)text[i] : ' '))
            return 0;
    return 1;
}

static int cursor_at(int row, int column)
{
    return vt.cursor.row == row && vt.cursor.column == column;
}

static uint8_t colour_at(int row, int column)
{
    return vt.cells[row][column] >> 8;
}

static void test_text(void)
{
    start("hello\r\nworld");
    ok(row_is(0, "hello") && row_is(1, "world") && cursor_at(1, 5), "text and newline");
    start("ab\bc\tx");
    ok(row_is(0, "ac      x"), "backspace and tab");
    start("");
    for (int i = 0; i < VT_COLUMNS; i++)
        put("x");
    ok(cursor_at(0, 79), "the last column does not wrap at once");
    put("y");
    ok(cursor_at(1, 1) && row_is(1, "y"), "the next character does");
    start("");
    for (int i = 0; i < 30; i++)
        put("line\r\n");
    put("end");
    ok(cursor_at(24, 3) && row_is(23, "line") && row_is(24, "end"), "the screen scrolls");
    start("\303\244\342\224\200\342\202\254\303x");
    ok((vt.cells[0][0] & 0xff) == 0x84 && (vt.cells[0][1] & 0xff) == 0xc4, "UTF-8: umlaut, line");
    ok((vt.cells[0][2] & 0xff) == 0xfe && (vt.cells[0][3] & 0xff) == 0xfe &&
           (vt.cells[0][4] & 0xff) == 'x',
       "what the font lacks or is broken is a square");
    start("\016qx\017q");
    ok((vt.cells[0][0] & 0xff) == 0xc4 && (vt.cells[0][1] & 0xff) == 0xb3 &&
           (vt.cells[0][2] & 0xff) == 'q',
       "line drawing by shift out");
}

static void test_moves(void)
{
    start("\033[5;10Hx");
    ok(cursor_at(4, 10) && (vt.cells[4][9] & 0xff) == 'x', "H");
    start("\033[99;99H");
    ok(cursor_at(24, 79), "H stays on the screen");
    start("\033[10;10H\033[3A\033[2B\033[4C\033[5D");
    ok(cursor_at(8, 8), "A B C D");
    start("\033[10;10H\033[A\033[0A\033[G");
    ok(cursor_at(7, 0), "no parameter and 0 mean 1; G");
    start("\033[3;3H\0337\033[9;9H\0338");
    ok(cursor_at(2, 2), "save and restore");
    start("\033[3;3H\033[s\033[9;9H\033[u\033[2d");
    ok(cursor_at(1, 2), "s u d");
    start("\033[5;5H\033M\033D\033E");
    ok(cursor_at(5, 0), "M D E");
}

static void test_erase(void)
{
    start("abcdef\033[4D\033[K");
    ok(row_is(0, "ab"), "K");
    start("abcdef\033[4D\033[1K");
    ok(row_is(0, "   def"), "1K");
    start("abcdef\r\nghi\r\njkl\033[2;2H\033[J");
    ok(row_is(0, "abcdef") && row_is(1, "g") && row_is(2, ""), "J");
    start("abc\r\ndef\033[2J");
    ok(row_is(0, "") && row_is(1, "") && cursor_at(1, 3), "2J keeps the cursor");
    start("abcdef\033[1;3H\033[2P");
    ok(row_is(0, "abef"), "P");
    start("abcdef\033[1;3H\033[2@");
    ok(row_is(0, "ab  cdef"), "@");
    start("abcdef\033[1;3H\033[2X");
    ok(row_is(0, "ab  ef"), "X");
    start("abc\033[1;2H\033[4hXY\033[4l");
    ok(row_is(0, "aXYbc"), "insert mode");
    start("a\033[3b");
    ok(row_is(0, "aaaa"), "b");
}

static void test_scroll(void)
{
    start("1\r\n2\r\n3\r\n4\r\n5\033[2;4r\033[2;1H\033[L");
    ok(row_is(0, "1") && row_is(1, "") && row_is(2, "2") && row_is(3, "3") && row_is(4, "5"),
       "L inside a region");
    put("\033[2M");
    ok(row_is(1, "3") && row_is(2, "") && row_is(3, "") && row_is(4, "5"), "M inside a region");
    start("1\r\n2\r\n3\r\n4\033[1;3r\033[3;1H\n");
    ok(row_is(0, "2") && row_is(1, "3") && row_is(2, "") && row_is(3, "4"), "newline in a region");
    put("\033[1;1H\033M");
    ok(row_is(0, "") && row_is(1, "2") && row_is(2, "3") && row_is(3, "4"), "reverse newline");
    start("1\r\n2\r\n3\033[S");
    ok(row_is(0, "2") && row_is(1, "3"), "S");
    put("\033[2T");
    ok(row_is(2, "2") && row_is(0, ""), "T");
}

/* Does a row of the view hold this text? */
static int view_is(int row, const char *text)
{
    const uint16_t *cells = vt_view(&vt, row);
    for (size_t i = 0; i < VT_COLUMNS; i++)
        if ((cells[i] & 0xff) != (i < strlen(text) ? (uint8_t)text[i] : ' '))
            return 0;
    return 1;
}

static void put_lines(int from, int to)
{
    char line[16];
    for (int i = from; i <= to; i++) {
        snprintf(line, sizeof(line), "\r\n%d", i);
        put(line);
    }
}

static void test_look_back(void)
{
    start("\033[3J0");
    put_lines(1, 99);
    ok(view_is(0, "75") && view_is(24, "99"), "the view is the screen");
    memset(vt.dirty, 0, sizeof(vt.dirty));
    vt_look_back(&vt, 12);
    ok(view_is(0, "63") && view_is(11, "74") && view_is(12, "75") && view_is(24, "87") &&
           vt.dirty[0] && vt.dirty[24],
       "half a screen back");
    vt_look_back(&vt, 1000);
    ok(view_is(0, "0") && view_is(24, "24"), "back to the first line");
    vt_look_back(&vt, -12);
    ok(view_is(0, "12"), "and forth");
    put("x");
    ok(vt.back == 0 && view_is(24, "99x"), "output takes the view back to the screen");
    put_lines(100, 999);
    vt_look_back(&vt, 1000);
    ok(vt.back == VT_HISTORY && view_is(0, "719"), "the oldest lines are forgotten");
    put("\033[2;24r\033[24;1H\n\n\033[r");
    vt_look_back(&vt, 1000);
    ok(view_is(0, "719"), "what scrolls in a region is not kept");
    put("\033c");
    vt_look_back(&vt, 12);
    ok(view_is(0, "963"), "a reset keeps them");
    put("\033[3J");
    vt_look_back(&vt, 12);
    ok(vt.back == 0, "3J forgets them");
}

static void test_colours(void)
{
    start("\033[31mr\033[1mb\033[0;44mx\033[7my\033[mz");
    ok(colour_at(0, 0) == 0x04, "red");
    ok(colour_at(0, 1) == 0x0c, "bold");
    ok(colour_at(0, 2) == 0x17, "white on blue");
    ok(colour_at(0, 3) == 0x71, "reverse");
    ok(colour_at(0, 4) == 0x07, "reset");
    start("\033[38;5;1;1mr\033[38;2;1;2;3mx");
    ok(colour_at(0, 0) == 0x0c && colour_at(0, 1) == 0x0c, "256 colours; millions change nothing");
}

static void test_strings(void)
{
    start("\033]0;title\007a\033]2;x\033\\b\033P1$q\033\\c");
    ok(row_is(0, "abc"), "titles and such are passed over");
    start("\033]Ra\033]P0123456b");
    ok(row_is(0, "ab"), "the palette's own strings end by themselves");
    start("\033[?1049ha\033[?25l\033[>0qb\033[?25h");
    ok(row_is(0, "ab") && !vt.hidden, "unknown modes change nothing; the cursor hides and shows");
    start("\033[1\0303x");
    ok(row_is(0, "3x"), "CAN ends a sequence");
    start("\033[6n");
    ok(vt.reply_length == 6 && memcmp(vt.reply, "\033[1;1R", 6) == 0, "the cursor is reported");
    start("\033[?1h");
    ok(vt.application_keys, "application keys");
}

/* Any bytes: the state stays sound (the sanitizers watch). */
static void test_garbage(void)
{
    static const char often[] = "\033[]?;0123456789ABCDHJKLMPXrhlm@bST\n\r\t";
    int sound = 1;
    start("");
    srand(1);
    for (int i = 0; i < 500000; i++) {
        uint8_t byte = rand() % 4 ? often[rand() % (sizeof(often) - 1)] : rand();
        vt_write(&vt, &byte, 1);
        sound = sound && vt.cursor.row >= 0 && vt.cursor.row < VT_ROWS && vt.cursor.column >= 0 &&
                vt.cursor.column < VT_COLUMNS && vt.top < vt.bottom && vt.bottom <= VT_ROWS &&
                vt.history_rows >= 0 && vt.history_rows <= VT_HISTORY;
    }
    ok(sound, "500,000 random bytes leave it sound");
}

/* What the codes send, as a string. */
static const char *keys_send(struct keymap *keys, const char *codes, size_t n)
{
    static char out[64];
    size_t length = 0;
    for (size_t i = 0; i < n; i++)
        length += keymap_translate(keys, codes[i], (uint8_t *)out + length);
    out[length] = '\0';
    return out;
}

#define sends(codes, wanted) (strcmp(keys_send(&keys, codes, sizeof(codes) - 1), wanted) == 0)

static void test_keys(void)
{
    struct keymap keys = {};
    ok(sends("\x1e\x9e\x30\xb0", "ab"), "letters");
    ok(sends("\x2a\x1e\x9e\x03\xaa\x1e", "A@a"), "shift");
    ok(sends("\x3a\xba\x1e\x02\x2a\x1e\xaa\x3a\xba\x1e", "A1aa"), "caps lock turns letters only");
    ok(sends("\x1d\x2e\xae\x1a\x9d", "\003\033"), "control");
    ok(sends("\x38\x1e\xb8", "\033a"), "alt sends ESC first");
    ok(sends("\xe0\x48\xe0\xc8\xe0\x47\xe0\x53", "\033[A\033[1~\033[3~"), "arrows and such");
    ok(sends("\x3b\x44\x58", "\033[[A\033[21~\033[24~"), "function keys");
    ok(sends("\x48\x45\xc5\x48", "\033[A8"), "the pad, with number lock");
    ok(sends("\xe0\x1c\xe0\x35\x1c\x0e\x0f", "\r/\r\177\t"), "enter, slash, backspace, tab");
    ok(sends("\xe1\x1d\x45\xe1\x9d\xc5\x1e", "a"), "pause sends nothing");
    ok(sends("\xe0\x2a\xe0\x48\xe0\xaa\x1e", "\033[Aa"), "the shifts around arrows are none");
    ok(sends("\x38\x54\x14\x94\xd4\xb8", "") && keys.asked == 't', "Alt, SysRq and a letter");
    keys.asked = 0;
    ok(sends("\x14", "t") && !keys.asked, "a letter without them");
    keys.application_keys = true;
    ok(sends("\xe0\x4d\xe0\x49", "\033OC\033[5~"), "application keys");
    ok(sends("\x2a\xe0\x49\xe0\xc9\xaa\xe0\x49", "\033[5~") && keys.pages == 1,
       "shift and page up is the screen's own");
    ok(sends("\x36\xe0\x51\xb6\xe0\x51", "\033[6~") && keys.pages == 0, "and page down");
    ok(sends("\x2a\x49\xaa", "9"), "but not the pad's digits");
    for (int i = 0; i < 256; i++) {
        uint8_t out[KEYMAP_LONGEST];
        keymap_translate(&keys, i, out);
    }
    ok(1, "every code is survived");
}

int main(void)
{
    test_text();
    test_moves();
    test_erase();
    test_scroll();
    test_look_back();
    test_colours();
    test_strings();
    test_garbage();
    test_keys();
    return tap_done();
}
