/* The terminal's line discipline: editing, echo, signals, raw input, output processing. */
/* SPDX-License-Identifier: MIT */
#include <string.h>
#include "../../kernel/dev/line.c"
#include "tap.h"

static struct line line;
static char shown[8192];
static size_t n_shown;

static void show(struct line *of, const uint8_t *bytes, size_t n)
{
    (void)of;
    for (size_t i = 0; i < n && n_shown < sizeof(shown) - 1; i++)
        shown[n_shown++] = bytes[i];
    shown[n_shown] = '\0';
}

static void start(void)
{
    line_init(&line);
    line.echo = show;
    n_shown = 0;
    shown[0] = '\0';
}

static void type(const char *text)
{
    while (*text)
        line_input(&line, *text++);
}

static size_t take(uint8_t *to, size_t n, bool *end)
{
    return line_look(&line, to, n, end, &line.read);
}

/* Reads at most n bytes and compares. */
static int reads(size_t n, const char *wanted)
{
    uint8_t bytes[LINE_BYTES];
    bool end;
    size_t got = take(bytes, n, &end);
    return got == strlen(wanted) && memcmp(bytes, wanted, got) == 0;
}

static int reads_end(void)
{
    uint8_t bytes[8];
    bool end;
    return take(bytes, sizeof(bytes), &end) == 0 && end;
}

/* What comes out for a text, through output processing. */
static const char *written(const char *text)
{
    static char out[256];
    size_t n = 0;
    while (*text) {
        size_t run = line_output_plain(&line, (const uint8_t *)text, strlen(text));
        memcpy(out + n, text, run);
        n += run;
        text += run;
        if (*text)
            n += line_output(&line, *text++, (uint8_t *)out + n);
    }
    out[n] = '\0';
    return out;
}

static void test_lines(void)
{
    start();
    type("hello");
    ok(!line_readable(&line, 1), "a line that has not ended cannot be read");
    type("\r");
    ok(line_readable(&line, 1), "carriage return ends it");
    ok(line_waiting(&line) == 6, "FIONREAD counts its bytes");
    ok(strcmp(shown, "hello\r\n") == 0, "it was echoed, newline as CR LF");
    uint8_t bytes[8];
    uint32_t next;
    bool end;
    ok(line_look(&line, bytes, 8, &end, &next) == 6 && end && next - line.read == 6,
       "it can be looked at");
    ok(reads(3, "hel") && reads(100, "lo\n"), "a line is read in pieces");
    type("one\ntwo\n");
    ok(reads(100, "one\n") && reads(100, "two\n"), "a read stops at a line's end");
    type("\4");
    ok(line_readable(&line, 1) && line_waiting(&line) == 0 && reads_end(), "^D alone ends");
    type("abc\4");
    ok(reads(3, "abc") && !line_readable(&line, 1), "^D after text only hands it over");
    type("abc\4def\n");
    ok(reads(2, "ab") && reads(9, "c") && reads(9, "def\n"), "^D splits a line");
}

static void test_editing(void)
{
    start();
    type("abd\177c\n");
    ok(reads(9, "abc\n"), "DEL takes back a byte");
    ok(strcmp(shown, "abd\b \bc\r\n") == 0, "and wipes it");
    start();
    type("\177\177x\n");
    ok(reads(9, "x\n") && strcmp(shown, "x\r\n") == 0, "DEL on an empty line does nothing");
    start();
    type("one two  \27three\n");
    ok(reads(99, "one three\n"), "^W takes back a word and the blanks after it");
    start();
    type("one two\25three\n");
    ok(reads(99, "three\n"), "^U takes back the line");
    start();
    type("a\tb\177\177");
    ok(strcmp(shown, "a\tb\b \b\b \b\b \b\b \b\b \b\b \b\b \b\b \b") == 0,
       "a tab is wiped in its width of 7");
    start();
    type("\1\177\n");
    ok(strcmp(shown, "^A\b \b\b \b\r\n") == 0, "^A shows and is wiped as two");
    start();
    type("a\26\3\n");
    ok(line.signals == 0 && reads(9, "a\3\n"), "^V makes the next key plain");
    start();
    line.termios.c_iflag |= IUTF8;
    type("\303\244\177x\n");
    ok(reads(9, "x\n") && strcmp(shown, "\303\244\b \bx\r\n") == 0, "UTF-8 goes as one character");
    start();
    written("$ ");
    type("ab\22");
    ok(strcmp(shown, "ab^R\r\nab") == 0, "^R shows the line again");
}

static void test_keys(void)
{
    start();
    type("abc\3");
    ok(line.signals == 1u << SIGINT && !line_readable(&line, 1), "^C signals and drops the line");
    ok(strcmp(shown, "abc^C") == 0, "and shows");
    line.signals = 0;
    type("x\n");
    ok(reads(9, "x\n"), "what was typed before is gone");
    type("\32\34");
    ok(line.signals == (1u << SIGTSTP | 1u << SIGQUIT), "^Z and ^\\ signal");
    start();
    line.termios.c_lflag &= ~ISIG;
    type("\3\n");
    ok(!line.signals && reads(9, "\3\n"), "without ISIG ^C is a byte");
    start();
    line.termios.c_lflag |= NOFLSH;
    type("abc\3\n");
    ok(reads(9, "abc\n"), "NOFLSH keeps the line");
    start();
    type("\23");
    ok(line.stopped, "^S stops output");
    type("\21");
    ok(!line.stopped, "^Q lets it go on");
    type("\23");
    line.termios.c_iflag |= IXANY;
    type("a");
    ok(!line.stopped, "with IXANY any key does");
}

static void test_modes(void)
{
    struct kernel_termios raw;
    start();
    raw = line.termios;
    raw.c_lflag &= ~(ICANON | ECHO);
    type("abc");
    line_set(&line, &raw);
    ok(line_readable(&line, 3) && reads(9, "abc"), "leaving lines makes what is typed readable");
    type("x\4");
    ok(line_readable(&line, 2) && !line_readable(&line, 3) && reads(9, "x\4"), "raw bytes, ^D too");
    ok(strcmp(shown, "abc") == 0, "no echo without ECHO");
    type("tail");
    raw.c_lflag |= ICANON;
    line_set(&line, &raw);
    ok(line_readable(&line, 1) && reads(9, "tail"), "going back to lines loses nothing");
    start();
    line.termios.c_iflag |= IGNCR;
    type("a\r\n");
    ok(reads(9, "a\n"), "IGNCR");
    start();
    line.termios.c_iflag = INLCR;
    type("a\n");
    ok(!line_readable(&line, 1), "INLCR");
    start();
    line.termios.c_iflag |= ISTRIP;
    type("\341\n");
    ok(reads(9, "a\n"), "ISTRIP");
    start();
    line.termios.c_cc[VEOL] = '.';
    type("a.");
    ok(reads(9, "a."), "VEOL ends a line, too");
    start();
    line.termios.c_lflag = ICANON | ECHONL;
    type("a\n");
    ok(strcmp(shown, "\r\n") == 0, "ECHONL shows the newline alone");
}

static void test_limits(void)
{
    start();
    line.termios.c_lflag &= ~ECHO;
    for (int i = 0; i < 2 * LINE_BYTES; i++)
        line_input(&line, 'a');
    ok(line_room(&line) > 0, "a line that is too long still takes input");
    type("\n");
    ok(line_readable(&line, 1) && line_waiting(&line) == LINE_BYTES, "and can be ended");
    ok(line_room(&line) == 0, "then there is no room until it is read");
    reads(0, "");
    uint8_t bytes[LINE_BYTES];
    bool end;
    ok(take(bytes, LINE_BYTES, &end) == LINE_BYTES && end, "it is read whole");
    start();
    line.termios.c_lflag = line.termios.c_iflag = 0;
    for (int i = 0; i < 3 * LINE_BYTES; i++) {
        if (line_room(&line) == 0)
            ok(take(bytes, LINE_BYTES, &end) == LINE_BYTES, "raw: full at 4096");
        line_input(&line, i);
    }
    ok(take(bytes, LINE_BYTES, &end) == LINE_BYTES, "the ring wraps");
}

static void test_output(void)
{
    start();
    ok(strcmp(written("a\nb"), "a\r\nb") == 0, "ONLCR");
    line.termios.c_oflag |= XTABS;
    ok(strcmp(written("\ra\tb\t"), "\ra       b       ") == 0, "XTABS");
    line.termios.c_oflag = OPOST | OCRNL;
    ok(strcmp(written("a\r"), "a\n") == 0, "OCRNL");
    line.termios.c_oflag = 0;
    ok(strcmp(written("a\n\r\t"), "a\n\r\t") == 0, "nothing without OPOST");
}

/* Any bytes under any settings: the state stays sound (the sanitizers watch). */
static void test_garbage(void)
{
    uint8_t bytes[64];
    bool end, sound = true;
    start();
    srand(1);
    for (int i = 0; i < 300000; i++) {
        if (rand() % 64 == 0) {
            struct kernel_termios termios = line.termios;
            termios.c_lflag = rand();
            termios.c_iflag = rand();
            termios.c_oflag = rand();
            line_set(&line, &termios);
        }
        n_shown = 0;
        line_input(&line, rand() % 4 ? "\177\25\27\4\n\26\22\t"[rand() % 8] : rand());
        if (rand() % 16 == 0)
            take(bytes, rand() % sizeof(bytes), &end);
        sound = sound && line.next - line.read <= LINE_BYTES &&
                line.ready - line.read <= line.next - line.read;
    }
    ok(sound, "300,000 random keys leave it sound");
}

int main(void)
{
    test_lines();
    test_editing();
    test_keys();
    test_modes();
    test_limits();
    test_output();
    test_garbage();
    return tap_done();
}
