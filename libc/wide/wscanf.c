/* wscanf: reads text by a wide format. Characters and strings are read here; a number is read by
 * fscanf, to which its conversion is given, for all that it may consist of is ASCII. */
/* SPDX-License-Identifier: MIT */
#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <wchar.h>
#include "../stdio/file.h"

struct scan {
    FILE *file;
    long taken; /* wide characters so far, for %n */
    va_list args;
};

/* One conversion, such as %*10ld. */
struct scan_spec {
    bool drop;
    int width;
    char length[3];
    wchar_t letter;
    const wchar_t *set, *set_end; /* of %[: what is between the brackets */
};

static wint_t take(struct scan *s)
{
    wint_t c = fgetwc(s->file);

    s->taken += c != WEOF;
    return c;
}

static void give_back(struct scan *s, wint_t c)
{
    if (c == WEOF)
        return;
    ungetwc(c, s->file);
    s->taken--;
}

static void skip_blanks(struct scan *s)
{
    wint_t c;

    while (iswspace(c = take(s)))
        ;
    give_back(s, c);
}

static void store_taken(struct scan *s, const struct scan_spec *spec)
{
    if (spec->drop)
        return;
    void *to = va_arg(s->args, void *);
    switch (spec->length[0]) {
    case '\0': *(int *)to = (int)s->taken; break;
    case 'h':
        if (spec->length[1])
            *(signed char *)to = (signed char)s->taken;
        else
            *(short *)to = (short)s->taken;
        break;
    default: *(long *)to = s->taken;
    }
}

/* Lets fscanf read a number. It stores how many bytes only if all went well. */
static int scan_number(struct scan *s, const struct scan_spec *spec)
{
    char format[32];
    int n = 0, width = spec->width ? spec->width : INT_MAX;

    snprintf(format, sizeof(format), "%%%s%d%s%c%%n", spec->drop ? "*" : "", width, spec->length,
             (char)spec->letter);
    if (spec->drop)
        fscanf(s->file, format, &n);
    else
        fscanf(s->file, format, va_arg(s->args, void *), &n);
    s->taken += n;
    return n > 0;
}

static bool in_set(const struct scan_spec *spec, wint_t c)
{
    const wchar_t *at = spec->set;
    bool wanted = *at != '^';

    if (spec->letter == 'c')
        return true;
    if (spec->letter == 's')
        return !iswspace(c);
    for (at += !wanted; at < spec->set_end; at++) {
        wint_t low = (wint_t)*at, high = low;

        if (at + 2 < spec->set_end && at[1] == '-') {
            high = (wint_t)at[2];
            at += 2;
        }
        if (c >= low && c <= high)
            return wanted;
    }
    return !wanted;
}

/* Stores a character in the form that is wanted, and moves the place; false if there is none. */
static bool store(char **to, bool wide, wint_t c)
{
    if (wide) {
        *(wchar_t *)(void *)*to = (wchar_t)c;
        *to += sizeof(wchar_t);
        return true;
    }
    size_t length = wcrtomb(*to, (wchar_t)c, NULL);
    if (length == (size_t)-1)
        return false;
    *to += length;
    return true;
}

/* Reads characters of a set, and adds a NUL except for %c. */
static int scan_text(struct scan *s, const struct scan_spec *spec)
{
    char *to = spec->drop ? NULL : va_arg(s->args, char *);
    bool is_char = spec->letter == 'c', wide = spec->length[0] == 'l';
    int most = spec->width ? spec->width : is_char ? 1 : INT_MAX, n = 0;

    for (; n < most; n++) {
        wint_t c = take(s);

        if (c == WEOF || !in_set(spec, c)) {
            give_back(s, c);
            break;
        }
        if (to && !store(&to, wide, c))
            return -1;
    }
    if (n == 0 || (is_char && n < most))
        return 0;
    if (to && !is_char)
        store(&to, wide, 0);
    return 1;
}

/* Finds the end of the set after '[': the first ']' that is not its first character. */
static const wchar_t *parse_set(const wchar_t *at, struct scan_spec *spec)
{
    spec->set = at;
    at += *at == '^';
    at += *at == ']';
    spec->set_end = wcschrnul(at, ']');
    return spec->set_end + (*spec->set_end != 0);
}

static const wchar_t *parse_spec(const wchar_t *at, struct scan_spec *spec)
{
    size_t n = 0;

    *spec = (struct scan_spec){.drop = *at == '*', .set = L"", .set_end = L""};
    at += spec->drop;
    for (; iswdigit((wint_t)*at); at++)
        spec->width = spec->width * 10 + (int)(*at - '0');
    for (; *at && wcschr(L"hljztqL", *at); at++)
        if (n < sizeof(spec->length) - 1)
            spec->length[n++] = (char)*at;
    spec->letter = *at;
    if (*at == 'C' || *at == 'S') {
        spec->letter = *at == 'C' ? 'c' : 's';
        strcpy(spec->length, "l");
    }
    at += *at != 0;
    return spec->letter == '[' ? parse_set(at, spec) : at;
}

/* Performs one conversion. 1: done; 0: the text does not match; -1: there is no more text. */
static int convert(struct scan *s, const struct scan_spec *spec)
{
    if (!spec->letter)
        return 0;
    if (!wcschr(L"c[n", spec->letter))
        skip_blanks(s);
    if (spec->letter == 'n') {
        store_taken(s, spec);
        return 1;
    }
    wint_t c = take(s);
    if (c == WEOF)
        return -1;
    if (spec->letter == '%' && c == '%')
        return 1;
    give_back(s, c);
    if (wcschr(L"cs[", spec->letter))
        return scan_text(s, spec);
    return wcschr(L"diuoxXpaAeEfFgG", spec->letter) ? scan_number(s, spec) : 0;
}

static int match(struct scan *s, wchar_t wanted)
{
    wint_t c = take(s);

    if (c == (wint_t)wanted)
        return 1;
    give_back(s, c);
    return c == WEOF ? -1 : 0;
}

int vfwscanf(FILE *restrict file, const wchar_t *restrict text, va_list args)
{
    struct scan s = {.file = file};
    struct scan_spec spec;
    const wchar_t *format = text;
    int stored = 0, result = 1;

    va_copy(s.args, args);
    flockfile(file);
    while (*format && result > 0) {
        if (iswspace((wint_t)*format)) {
            format++;
            skip_blanks(&s);
        } else if (*format != '%') {
            result = match(&s, *format++);
        } else {
            format = parse_spec(format + 1, &spec);
            result = convert(&s, &spec);
            stored += result > 0 && !spec.drop && spec.letter != 'n' && spec.letter != '%';
        }
    }
    funlockfile(file);
    va_end(s.args);
    return result < 0 && stored == 0 ? EOF : stored;
}

int fwscanf(FILE *restrict file, const wchar_t *restrict format, ...)
{
    va_list args;

    va_start(args, format);
    int result = vfwscanf(file, format, args);
    va_end(args);
    return result;
}

int vwscanf(const wchar_t *restrict format, va_list args)
{
    return vfwscanf(stdin, format, args);
}

int wscanf(const wchar_t *restrict format, ...)
{
    va_list args;

    va_start(args, format);
    int result = vfwscanf(stdin, format, args);
    va_end(args);
    return result;
}
