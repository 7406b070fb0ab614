/* The US keyboard: tables from scan codes (set 1) to characters and escape sequences. */
/* SPDX-License-Identifier: MIT */
#include "keymap.h"

#define RELEASED 0x80

enum {
    KEY_TAB = 0x0f,
    KEY_ENTER = 0x1c,
    KEY_CONTROL = 0x1d,
    KEY_SHIFT_LEFT = 0x2a,
    KEY_SLASH = 0x35,
    KEY_SHIFT_RIGHT = 0x36,
    KEY_ALT = 0x38,
    KEY_SPACE = 0x39,
    KEY_CAPS = 0x3a,
    KEY_F1 = 0x3b,
    KEY_F10 = 0x44,
    KEY_NUMBER = 0x45,
    KEY_PAD = 0x47,
    KEY_PAGE_UP = 0x49,
    KEY_PAGE_DOWN = 0x51,
    KEY_PAD_LAST = 0x53,
    KEY_SYSRQ = 0x54, /* PrintScreen with Alt */
    KEY_ISO = 0x56,   /* beside the left shift, on keyboards that have it */
    KEY_F11 = 0x57,
    KEY_F12 = 0x58,
    PREFIX = 0xe0,
    PREFIX_PAUSE = 0xe1,
};

static const char plain[] =
    "\0\0331234567890-=\177\tqwertyuiop[]\r\0asdfghjkl;'`\0\\zxcvbnm,./\0*\0 ";
static const char shifted[] =
    "\0\033!@#$%^&*()_+\177\tQWERTYUIOP{}\r\0ASDFGHJKL:\"~\0|ZXCVBNM<>?\0*\0 ";
static const char controlled[] = "\0\033\033\034\035\036\037\177"; /* with 2 to 8: from 2 on */
static const char pad_digits[] = "789-456+1230.";

/* What the pad's keys send after ESC when it is not in number mode; NULL: the key's character. */
static const char *const pad_keys[] = {"[1~", "[A",  "[5~", NULL,  "[D",  "[G", "[C",
                                       NULL,  "[4~", "[B",  "[6~", "[2~", "[3~"};
static const char *const function_keys[] = {"[[A",  "[[B",  "[[C",  "[[D",  "[[E",  "[17~",
                                            "[18~", "[19~", "[20~", "[21~", "[23~", "[24~"};

/* Writes ESC and the rest of a sequence. The result is its length. */
static size_t sequence(uint8_t *out, const char *rest)
{
    out[0] = '\033';
    memcpy(out + 1, rest, strlen(rest));
    return 1 + strlen(rest);
}

/* Handles a key that changes the meaning of others. True if it is one. */
static bool modifier(struct keymap *keys, uint8_t key, bool extended, bool down)
{
    switch (key) {
    case KEY_SHIFT_LEFT:
    case KEY_SHIFT_RIGHT:
        if (!extended) /* extended ones are no keys: they are sent around the arrows */
            keys->shift[key == KEY_SHIFT_RIGHT] = down;
        return true;
    case KEY_CONTROL: keys->control[extended] = down; return true;
    case KEY_ALT: keys->alt[extended] = down; return true;
    case KEY_CAPS: keys->caps ^= down; return true;
    case KEY_NUMBER: keys->number ^= down && !extended; return true;
    case KEY_SYSRQ: keys->sysrq = down; return true;
    default: return false;
    }
}

/* The control character of a key. */
static uint8_t control_character(char c, char with_shift)
{
    if (c >= '2' && c <= '8')
        return controlled[c - '2' + 1];
    if (c == '\177')
        return '\b';
    if (c == '/' || with_shift == '_')
        return 0x1f;
    if (c == ' ' || (with_shift >= '@' && with_shift <= '_') || (c >= '[' && c <= ']'))
        return (c >= '[' && c <= ']' ? c : with_shift) & 0x1f;
    return c;
}

/* A key with a character on it. */
static size_t character(const struct keymap *keys, uint8_t key, uint8_t *out)
{
    bool shift = keys->shift[0] || keys->shift[1];
    char c = plain[key], upper = shifted[key];
    size_t n = 0;
    if (keys->alt[0] || keys->alt[1] || (key == KEY_TAB && shift))
        out[n++] = '\033';
    if (keys->control[0] || keys->control[1])
        out[n++] = control_character(c, upper);
    else if (shift != (keys->caps && c >= 'a' && c <= 'z'))
        out[n++] = upper;
    else
        out[n++] = c;
    return n;
}

/* A key of the pad, or of the grey block beside it. */
static size_t pad(struct keymap *keys, uint8_t key, bool extended, uint8_t *out)
{
    const char *rest = pad_keys[key - KEY_PAD];
    if (!rest || (keys->number && !extended)) {
        out[0] = pad_digits[key - KEY_PAD];
        return 1;
    }
    if ((keys->shift[0] || keys->shift[1]) && (key == KEY_PAGE_UP || key == KEY_PAGE_DOWN)) {
        keys->pages +=
            key == KEY_PAGE_UP ? 1 : -1; /* for the screen only; programs do not see it */
        return 0;
    }
    size_t n = sequence(out, rest);
    if (keys->application_keys && n == 3 && out[2] <= 'D')
        out[1] = 'O';
    return n;
}

size_t keymap_translate(struct keymap *keys, uint8_t code, uint8_t out[KEYMAP_LONGEST])
{
    bool extended = keys->extended, down = !(code & RELEASED);
    uint8_t key = code & ~RELEASED;
    keys->extended = code == PREFIX;
    if (code == PREFIX_PAUSE)
        keys->skip = 2;
    else if (keys->skip > 0)
        keys->skip--;
    else if (code != PREFIX && !modifier(keys, key, extended, down) && down) {
        if (keys->sysrq && key <= KEY_SPACE) {
            keys->asked = plain[key];
            return 0;
        }
        if (key >= KEY_PAD && key <= KEY_PAD_LAST)
            return pad(keys, key, extended, out);
        if (key >= KEY_F1 && key <= KEY_F10)
            return sequence(out, function_keys[key - KEY_F1]);
        if (key == KEY_F11 || key == KEY_F12)
            return sequence(out, function_keys[10 + key - KEY_F11]);
        if (key <= KEY_SPACE && plain[key] && (!extended || key == KEY_ENTER || key == KEY_SLASH))
            return character(keys, key, out);
        if (key == KEY_ISO) {
            out[0] = keys->shift[0] || keys->shift[1] ? '>' : '<';
            return 1;
        }
    }
    return 0;
}
