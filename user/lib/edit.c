/* Line editing and history: the terminal passes on every key at once, and this file draws the line.
 *
 * Keys: left, right, Home, End, Delete, Backspace; up and down for earlier lines; Ctrl-A, E, B, F,
 * P, N as in Emacs; Ctrl-U and Ctrl-K delete to the start and to the end, Ctrl-W deletes a word,
 * Ctrl-L clears the screen. A letter of several bytes (UTF-8) counts as one. */
/* SPDX-License-Identifier: MIT */
#include "edit.h"
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

enum { KEPT = 100, CTRL_A = 1, CTRL_B, CTRL_D = 4, CTRL_E, CTRL_F, BACKSPACE = 8, CTRL_K = 11 };
enum { CTRL_L = 12, CTRL_N = 14, CTRL_P = 16, CTRL_U = 21, CTRL_W = 23, ESCAPE = 27, RUBOUT = 127 };

static char *history[KEPT]; /* the oldest first */
static int n_history;

/* The line that is being typed. */
static struct {
    const char *prompt;
    char *text;
    size_t length, at, size;
    int shown; /* the line of the history that it was copied from; n_history: none */
} e;

static void remember(const char *text)
{
    if (!*text || (n_history && strcmp(history[n_history - 1], text) == 0))
        return;
    char *copy = strdup(text);
    if (!copy)
        return;
    if (n_history == KEPT) {
        free(history[0]);
        memmove(history, history + 1, (KEPT - 1) * sizeof *history);
        n_history--;
    }
    history[n_history++] = copy;
}

static bool continues(char byte) /* a byte of a letter after its first */
{
    return ((unsigned char)byte & 0xc0) == 0x80;
}

static size_t step_left(size_t at)
{
    while (at > 0 && continues(e.text[--at]))
        ;
    return at;
}

static size_t step_right(size_t at)
{
    while (at < e.length && continues(e.text[++at]))
        ;
    return at;
}

static int columns_of(const char *text, size_t length)
{
    int columns = 0;
    for (size_t i = 0; i < length; i++)
        columns += !continues(text[i]);
    return columns;
}

/* Draws the line again. If it is wider than the terminal, the part on the left is not shown, as far
 * as is necessary to show the cursor. */
static void draw(void)
{
    struct winsize window = {.ws_col = 80};
    ioctl(1, TIOCGWINSZ, &window);
    int width = (window.ws_col ? window.ws_col : 80) - 1;
    int before = columns_of(e.prompt, strlen(e.prompt));
    size_t from = 0, end = e.length;
    while (before + columns_of(e.text + from, e.at - from) > width && from < e.at)
        from = step_right(from);
    while (before + columns_of(e.text + from, end - from) > width && end > e.at)
        end = step_left(end);
    printf("\r%s%.*s\33[K\r", e.prompt, (int)(end - from), e.text + from);
    int column = before + columns_of(e.text + from, e.at - from);
    if (column)
        printf("\33[%dC", column);
    fflush(stdout);
}

static void remove_between(size_t from, size_t to)
{
    memmove(e.text + from, e.text + to, e.length - to + 1);
    e.length -= to - from;
    e.at = from;
    draw();
}

static void insert(char key)
{
    if (e.length + 1 >= e.size)
        return;
    memmove(e.text + e.at + 1, e.text + e.at, e.length - e.at + 1);
    e.text[e.at++] = key;
    e.length++;
    struct winsize window = {0};
    int columns = columns_of(e.prompt, strlen(e.prompt)) + columns_of(e.text, e.length);
    if (e.at == e.length && ioctl(1, TIOCGWINSZ, &window) == 0 && columns < window.ws_col)
        write(1, &key, 1); /* at the end of the line only the new letter has to be drawn */
    else
        draw();
}

static void show_history(int which)
{
    if (which < 0 || which > n_history)
        return;
    e.shown = which;
    snprintf(e.text, e.size, "%s", which < n_history ? history[which] : "");
    e.at = e.length = strlen(e.text);
    draw();
}

static void move_to(size_t at)
{
    e.at = at;
    draw();
}

static void remove_word(void)
{
    size_t from = e.at;
    while (from > 0 && e.text[from - 1] == ' ')
        from--;
    while (from > 0 && e.text[from - 1] != ' ')
        from--;
    remove_between(from, e.at);
}

/* Reads a key that a terminal sends as ESC [ letter, ESC O letter or ESC [ number ~. Returns the
 * control key with the same meaning; 0 for keys without a meaning. */
static char after_escape(void)
{
    static const char plain[][2] = {{'A', CTRL_P}, {'B', CTRL_N}, {'C', CTRL_F},
                                    {'D', CTRL_B}, {'H', CTRL_A}, {'F', CTRL_E}};
    char key = 0, number = 0;
    if (read(0, &key, 1) != 1 || (key != '[' && key != 'O'))
        return 0;
    while (read(0, &key, 1) == 1 && ((key >= '0' && key <= '9') || key == ';'))
        number = number ? number : key;
    for (size_t i = 0; i < sizeof plain / sizeof *plain; i++)
        if (key == plain[i][0])
            return plain[i][1];
    if (key != '~')
        return 0;
    return number == '1' || number == '7'   ? CTRL_A
           : number == '4' || number == '8' ? CTRL_E
           : number == '3'                  ? CTRL_D
                                            : 0;
}

static void obey(char key)
{
    switch (key) {
    case CTRL_A: move_to(0); break;
    case CTRL_E: move_to(e.length); break;
    case CTRL_B: move_to(step_left(e.at)); break;
    case CTRL_F: move_to(step_right(e.at)); break;
    case CTRL_P: show_history(e.shown - 1); break;
    case CTRL_N: show_history(e.shown + 1); break;
    case BACKSPACE:
    case RUBOUT: remove_between(step_left(e.at), e.at); break;
    case CTRL_D: remove_between(e.at, step_right(e.at)); break;
    case CTRL_K: remove_between(e.at, e.length), move_to(e.length); break;
    case CTRL_U: remove_between(0, e.at); break;
    case CTRL_W: remove_word(); break;
    case CTRL_L: fputs("\33[H\33[2J", stdout), draw(); break;
    case ESCAPE:
        key = after_escape();
        key ? obey(key) : (void)0;
        break;
    default:
        if ((unsigned char)key >= ' ')
            insert(key);
    }
}

/* Reads keys until the line is complete; the result is that of edit_line. */
static int read_keys(void)
{
    for (char key;;) {
        ssize_t n = read(0, &key, 1);
        if (n <= 0 || (key == CTRL_D && e.length == 0))
            return n < 0 ? -2 : -1;
        if (key == '\n' || key == '\r')
            return (int)e.length;
        obey(key);
    }
}

int edit_line(const char *prompt, char *text, size_t size)
{
    struct termios usual, keys;
    e.prompt = prompt, e.text = text, e.size = size, e.shown = n_history;
    e.length = e.at = 0;
    *text = 0;
    tcgetattr(0, &usual);
    keys = usual;
    keys.c_lflag &= ~(tcflag_t)(ICANON | ECHO | IEXTEN);
    keys.c_cc[VMIN] = 1, keys.c_cc[VTIME] = 0;
    tcsetattr(0, TCSADRAIN, &keys);
    printf("%s", prompt);
    fflush(stdout);
    int result = read_keys();
    if (result != -1)
        putchar('\n');
    fflush(stdout);
    tcsetattr(0, TCSADRAIN, &usual);
    if (result > 0)
        remember(text);
    return result;
}
