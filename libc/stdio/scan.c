/* scanf: reads text by a format.
 *
 * A number is read in two steps. First its text is collected byte by byte, as long as each byte can
 * continue a number (in_integer, in_float); the first byte that cannot is put back. Then strtol or
 * strtod converts the text. Only one byte is ever put back, which is all that ungetc
 * promises. */
/* SPDX-License-Identifier: MIT */
#include <ctype.h>
#include <limits.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>
#include "file.h"

#define NUMBER_SIZE 512 /* longer numbers are cut */

struct scan {
    FILE *file;
    size_t taken; /* bytes so far, for %n */
    va_list args;
};

/* One conversion, such as %*10ld. */
struct scan_spec {
    bool drop;
    int width;
    int length; /* 'H' (hh), 'h', 0, 'l' (also ll, j, z, t), 'L' */
    char letter;
};

static int take(struct scan *s)
{
    int c = fgetc(s->file);

    s->taken += c != EOF;
    return c;
}

static void give_back(struct scan *s, int c)
{
    if (c == EOF)
        return;
    ungetc(c, s->file);
    s->taken--;
}

static void skip_blanks(struct scan *s)
{
    int c;

    while (isspace(c = take(s)))
        ;
    give_back(s, c);
}

static void store(struct scan *s, const struct scan_spec *spec, uint64_t n)
{
    if (spec->drop)
        return;
    void *to = va_arg(s->args, void *);
    switch (spec->length) {
    case 'H': *(unsigned char *)to = (unsigned char)n; break;
    case 'h': *(unsigned short *)to = (unsigned short)n; break;
    case 'l': *(unsigned long *)to = n; break;
    default: *(unsigned int *)to = (unsigned int)n; break;
    }
}

/* Reads bytes to text as long as `wanted` accepts the next one after the n before it; how many. */
static size_t collect(struct scan *s, const struct scan_spec *spec, char *text,
                      bool (*wanted)(const char *text, size_t n, int c, int base), int base)
{
    size_t n = 0, most = spec->width ? (size_t)spec->width : NUMBER_SIZE - 1;

    if (most > NUMBER_SIZE - 1)
        most = NUMBER_SIZE - 1;
    while (n < most) {
        int c = take(s);

        if (c == EOF || !wanted(text, n, c, base)) {
            give_back(s, c);
            break;
        }
        text[n++] = (char)c;
    }
    text[n] = '\0';
    return n;
}

static bool in_integer(const char *text, size_t n, int c, int base)
{
    size_t sign = n > 0 && (*text == '-' || *text == '+');
    bool hex = n >= sign + 2 && (text[sign + 1] | 32) == 'x';

    if (c == '-' || c == '+')
        return n == 0;
    if ((c | 32) == 'x')
        return (base == 0 || base == 16) && n == sign + 1 && text[sign] == '0';
    if (base == 0)
        base = hex ? 16 : n > sign && text[sign] == '0' ? 8 : 10;
    int digit = isdigit(c) ? c - '0' : isalpha(c) ? (c | 32) - 'a' + 10 : 36;
    return digit < base;
}

/* True if the text contains the letter, in lower or upper case. */
static bool has_letter(const char *text, size_t n, int letter)
{
    return memchr(text, letter, n) || memchr(text, letter ^ 32, n);
}

static bool in_float(const char *text, size_t n, int c, int base)
{
    size_t sign = n > 0 && (*text == '-' || *text == '+');
    int low = c | 32;

    (void)base;
    text += sign;
    n -= sign;
    bool hex = n >= 2 && (text[1] | 32) == 'x';
    int mark = hex ? 'p' : 'e';
    if (c == '-' || c == '+')
        return n == 0 ? !sign : !isalpha(*text) && (text[n - 1] | 32) == mark;
    if (isalpha(n > 0 ? *text : c)) {
        const char *word = ((n > 0 ? *text : c) | 32) == 'i' ? "infinity" : "nan";

        return n < strlen(word) && low == word[n];
    }
    if (isdigit(c))
        return true;
    bool exponent = has_letter(text, n, mark);
    if (c == '.')
        return !exponent && !memchr(text, '.', n);
    if (low == 'x')
        return n == 1 && *text == '0';
    return !exponent && (low == mark ? n > 0 : hex && isxdigit(c));
}

static int scan_integer(struct scan *s, const struct scan_spec *spec)
{
    char text[NUMBER_SIZE], *end;
    int base = 10;

    switch (spec->letter) {
    case 'i': base = 0; break;
    case 'o': base = 8; break;
    case 'x':
    case 'X':
    case 'p': base = 16; break;
    }
    if (collect(s, spec, text, in_integer, base) == 0)
        return 0;
    bool is_signed = spec->letter == 'd' || spec->letter == 'i';
    uint64_t n = is_signed ? (uint64_t)strtol(text, &end, base) : strtoul(text, &end, base);
    if (end == text)
        return 0;
    struct scan_spec as = *spec;
    if (spec->letter == 'p')
        as.length = 'l';
    store(s, &as, n);
    return 1;
}

static int scan_float(struct scan *s, const struct scan_spec *spec)
{
    char text[NUMBER_SIZE], *end;

    if (collect(s, spec, text, in_float, 0) == 0)
        return 0;
    double value = strtod(text, &end);
    if (*end)
        return 0;
    if (spec->drop)
        return 1;
    if (spec->length == 'L')
        *va_arg(s->args, long double *) = value;
    else if (spec->length == 'l')
        *va_arg(s->args, double *) = value;
    else
        *va_arg(s->args, float *) = (float)value;
    return 1;
}

/* Reads the set after '[': which bytes it contains. Returns the place after its ']'. */
static const char *parse_set(const char *at, bool set[256])
{
    bool wanted = *at != '^';

    memset(set, !wanted, 256);
    at += !wanted;
    for (const char *first = at; *at && (*at != ']' || at == first); at++) {
        int low = (unsigned char)*at, high = low;

        if (at[1] == '-' && at[2] && at[2] != ']') {
            high = (unsigned char)at[2];
            at += 2;
        }
        for (int c = low; c <= high; c++)
            set[c] = wanted;
    }
    return *at ? at + 1 : at;
}

/* Where %c, %s and %[ put what they read: bytes, or after `l` wide characters. */
struct destination {
    char *bytes;
    wchar_t *wide;
    mbstate_t state;
};

/* Stores a byte. The result is how many characters are complete by it: 0 or 1; -1 if there can be
 * no such. */
static int put_byte(struct destination *to, char c)
{
    if (to->bytes)
        *to->bytes++ = c;
    if (!to->wide)
        return 1;
    size_t length = mbrtowc(to->wide, &c, 1, &to->state);
    if (length == (size_t)-2)
        return 0;
    to->wide++;
    return length == (size_t)-1 ? -1 : 1;
}

/* Reads characters of a set of bytes, and adds a NUL except for %c. */
static int scan_text(struct scan *s, const struct scan_spec *spec, const bool set[256])
{
    void *room = spec->drop ? NULL : va_arg(s->args, void *);
    bool is_char = spec->letter == 'c', is_wide = spec->length == 'l';
    int most = spec->width ? spec->width : is_char ? 1 : INT_MAX, n = 0;
    struct destination to = {.bytes = is_wide ? NULL : room, .wide = is_wide ? room : NULL};

    while (n < most) {
        int c = take(s);

        if (c == EOF || !set[c]) {
            give_back(s, c);
            break;
        }
        int complete = put_byte(&to, (char)c);
        if (complete < 0)
            return -1;
        n += complete;
    }
    if (!is_char && n > 0)
        put_byte(&to, '\0');
    return n > 0 && (!is_char || n == most);
}

static const char *parse_spec(const char *at, struct scan_spec *spec)
{
    *spec = (struct scan_spec){.drop = *at == '*'};
    at += spec->drop;
    for (; isdigit(*at); at++)
        spec->width = spec->width * 10 + *at - '0';
    if (*at == 'h' || *at == 'l') {
        spec->length = (unsigned char)*at++;
        if (*at == 'h')
            spec->length = 'H';
        at += *at == 'h' || *at == 'l';
    } else if (*at == 'j' || *at == 'z' || *at == 't' || *at == 'q') {
        spec->length = 'l';
        at++;
    } else if (*at == 'L') {
        spec->length = (unsigned char)*at++;
    }
    spec->letter = *at;
    if (*at == 'C' || *at == 'S') {
        spec->letter = *at == 'C' ? 'c' : 's';
        spec->length = 'l';
    }
    return *at ? at + 1 : at;
}

/* Performs one conversion. 1: done; 0: the text does not match; -1: there is no more text. */
static int convert(struct scan *s, const struct scan_spec *spec, const char **format)
{
    bool set[256];

    if (!strchr("c[n", spec->letter))
        skip_blanks(s);
    if (spec->letter == '[')
        *format = parse_set(*format, set);
    if (spec->letter != 'n') {
        int c = take(s);

        if (c == EOF)
            return -1;
        give_back(s, c);
    }
    switch (spec->letter) {
    case 'd':
    case 'i':
    case 'u':
    case 'o':
    case 'x':
    case 'X':
    case 'p': return scan_integer(s, spec);
    case 'a':
    case 'A':
    case 'e':
    case 'E':
    case 'f':
    case 'F':
    case 'g':
    case 'G': return scan_float(s, spec);
    case 'n': store(s, spec, s->taken); return 1;
    case '[': return scan_text(s, spec, set);
    case 'c': memset(set, true, sizeof(set)); return scan_text(s, spec, set);
    case 's':
        for (int c = 0; c < 256; c++)
            set[c] = !isspace(c);
        return scan_text(s, spec, set);
    case '%': return take(s) == '%';
    }
    return 0;
}

int vfscanf(FILE *restrict file, const char *restrict text, va_list args)
{
    struct scan s = {.file = file};
    const char *format = text;
    struct scan_spec spec;
    int stored = 0, result = 1;

    va_copy(s.args, args);
    while (*format && result > 0) {
        if (isspace((unsigned char)*format)) {
            format++;
            skip_blanks(&s);
        } else if (*format != '%') {
            int c = take(&s);

            if (c != (unsigned char)*format++) {
                give_back(&s, c);
                result = c == EOF ? -1 : 0;
            }
        } else {
            format = parse_spec(format + 1, &spec);
            result = convert(&s, &spec, &format);
            stored += result > 0 && !spec.drop && spec.letter != 'n' && spec.letter != '%';
        }
    }
    va_end(s.args);
    return result < 0 && stored == 0 ? EOF : stored;
}
