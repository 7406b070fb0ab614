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

/* The text of a number, as far as it was read: in `few`, or from malloc if it is longer. */
struct number {
    char *text;
    size_t n, room;
    int base;         /* of an integer */
    bool point, mark; /* of a floating point number: they are there */
    char few[64];
};

/* Makes room for one byte more and a NUL; false if there is no memory. */
static bool number_grow(struct number *number)
{
    if (number->n + 1 < number->room)
        return true;
    char *old = number->text == number->few ? NULL : number->text;
    char *more = realloc(old, number->room * 2);
    if (!more)
        return false;
    if (!old)
        memcpy(more, number->few, number->n);
    number->text = more;
    number->room *= 2;
    return true;
}

static void number_free(struct number *number)
{
    if (number->text != number->few)
        free(number->text);
}

/* Reads bytes as long as `wanted` accepts the next one. 1, 0 if there was none, or -1. */
static int collect(struct scan *s, const struct scan_spec *spec, struct number *number,
                   bool (*wanted)(struct number *number, int c))
{
    size_t most = spec->width ? (size_t)spec->width : SIZE_MAX;

    number->text = number->few;
    number->room = sizeof(number->few);
    while (number->n < most) {
        int c = take(s);

        if (c == EOF || !wanted(number, c)) {
            give_back(s, c);
            break;
        }
        if (!number_grow(number))
            return -1;
        number->text[number->n++] = (char)c;
    }
    number->text[number->n] = '\0';
    return number->n > 0;
}

static bool in_integer(struct number *number, int c)
{
    const char *text = number->text;
    size_t n = number->n, sign = n > 0 && (*text == '-' || *text == '+');
    bool hex = n >= sign + 2 && (text[sign + 1] | 32) == 'x';
    int base = number->base;

    if (c == '-' || c == '+')
        return n == 0;
    if ((c | 32) == 'x')
        return (base == 0 || base == 16) && n == sign + 1 && text[sign] == '0';
    if (base == 0)
        base = hex ? 16 : n > sign && text[sign] == '0' ? 8 : 10;
    int digit = isdigit(c) ? c - '0' : isalpha(c) ? (c | 32) - 'a' + 10 : 36;
    return digit < base;
}

static bool in_float(struct number *number, int c)
{
    const char *text = number->text;
    size_t n = number->n, sign = n > 0 && (*text == '-' || *text == '+');
    int low = c | 32;

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
    if (low == 'x')
        return n == 1 && *text == '0';
    if (number->mark || (c == '.' && number->point))
        return false;
    if (c == '.')
        return number->point = true;
    if (low == mark && n > 0)
        return number->mark = true;
    return hex && isxdigit(c);
}

static int integer_base(char letter)
{
    switch (letter) {
    case 'i': return 0;
    case 'o': return 8;
    case 'x':
    case 'X':
    case 'p': return 16;
    }
    return 10;
}

static int scan_integer(struct scan *s, const struct scan_spec *spec)
{
    struct number number = {.base = integer_base(spec->letter)};
    bool is_signed = spec->letter == 'd' || spec->letter == 'i';
    char *end = NULL;
    uint64_t n = 0;

    int found = collect(s, spec, &number, in_integer);
    if (found > 0)
        n = is_signed ? (uint64_t)strtol(number.text, &end, number.base)
                      : strtoul(number.text, &end, number.base);
    found = found > 0 ? end != number.text : found;
    number_free(&number);
    if (found <= 0)
        return found;
    struct scan_spec as = *spec;
    if (spec->letter == 'p')
        as.length = 'l';
    store(s, &as, n);
    return 1;
}

/* Converts a whole text to the type that the conversion names, and stores it. */
static int store_float(struct scan *s, const struct scan_spec *spec, const char *text)
{
    long double wide = 0;
    double number = 0;
    float small = 0;
    char *end;

    if (spec->length == 'L')
        wide = strtold(text, &end);
    else if (spec->length == 'l')
        number = strtod(text, &end);
    else
        small = strtof(text, &end);
    if (*end)
        return 0;
    if (spec->drop)
        return 1;
    if (spec->length == 'L')
        *va_arg(s->args, long double *) = wide;
    else if (spec->length == 'l')
        *va_arg(s->args, double *) = number;
    else
        *va_arg(s->args, float *) = small;
    return 1;
}

static int scan_float(struct scan *s, const struct scan_spec *spec)
{
    struct number number = {.base = 0};
    int found = collect(s, spec, &number, in_float);

    if (found > 0)
        found = store_float(s, spec, number.text);
    number_free(&number);
    return found;
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

/* Is a character there? If the text ends here, there is nothing to convert. */
static bool has_more(struct scan *s)
{
    int c = take(s);

    give_back(s, c);
    return c != EOF;
}

/* Performs one conversion. 1: done; 0: the text does not match; -1: there is no more text. */
static int convert(struct scan *s, const struct scan_spec *spec, const char **format)
{
    bool set[256];

    if (!strchr("c[n", spec->letter))
        skip_blanks(s);
    if (spec->letter == '[')
        *format = parse_set(*format, set);
    if (spec->letter != 'n' && !has_more(s))
        return -1;
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

static int scan(FILE *restrict file, const char *restrict text, va_list args)
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

int vfscanf(FILE *restrict file, const char *restrict text, va_list args)
{
    file_take(file);
    int stored = scan(file, text, args);
    file_give(file);
    return stored;
}
