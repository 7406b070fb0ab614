/* strftime: date and time as text, in English. */
/* SPDX-License-Identifier: MIT */
#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include "calendar.h"

static const char days[7][10] = {"Sunday",   "Monday", "Tuesday", "Wednesday",
                                 "Thursday", "Friday", "Saturday"};
static const char months[12][10] = {"January",   "February", "March",    "April",
                                    "May",       "June",     "July",     "August",
                                    "September", "October",  "November", "December"};

/* The week of the year by ISO 8601: week 1 is the one with the year's first Thursday. */
static int iso_week(const struct tm *tm, long *year)
{
    long today = days_from_date(tm->tm_year + 1900L, 0, 1) + tm->tm_yday;
    long thursday = today - (tm->tm_wday + 6) % 7 + 3;
    struct tm at;

    date_from_days(thursday, &at);
    *year = at.tm_year + 1900L;
    return at.tm_yday / 7 + 1;
}

/* The year to which that week belongs. */
static long iso_year(const struct tm *tm)
{
    long year;

    iso_week(tm, &year);
    return year;
}

enum { MOST_DIGITS = 60, MOST_WIDTH = 1 << 20 };

/* What is written between % and the letter: the form of the result. */
struct how {
    char pad;      /* '_', '-' or '0'; 0: as usual for the letter */
    char modifier; /* 'E', 'O'; 0 */
    bool upper, swap;
    size_t width;
};

/* Has the letter this modifier? Both mean nothing here, but not all letters have them. */
static bool is_conversion(char letter, char modifier)
{
    if (!strchr("aAbBcCdDeFgGhHIjklmMnpPrRsStTuUVwWxXyYzZ%", letter))
        return false;
    if (modifier == 'E')
        return !strchr("aAbBdDeFgGhHIjklmMSUVwW", letter);
    return modifier != 'O' || !strchr("aAcDFxXY", letter);
}

/* Prints a number with at least `digits` digits or the given width; `usual` is the usual
 * padding. */
static int number(char *text, const struct how *how, int digits, char usual, long n)
{
    char pad = how->pad ? how->pad : usual;
    int width = how->width > MOST_DIGITS ? MOST_DIGITS : (int)how->width;

    if (pad == '-')
        return sprintf(text, "%ld", n);
    width = width > digits ? width : digits;
    return sprintf(text, pad == '_' ? "%*ld" : "%0*ld", width, n);
}

/* Prints the distance from UTC: hours and minutes, of which the width tells, after the sign. */
static int zone(char *text, const struct how *how, const struct tm *tm)
{
    long minutes = tm->tm_gmtoff / 60, size = minutes < 0 ? -minutes : minutes;

    *text = minutes < 0 ? '-' : '+';
    if (how->pad == '-' && how->width > 0)
        return 1 + sprintf(text + 1, "%*ld",
                           how->width < MOST_DIGITS ? (int)how->width : MOST_DIGITS,
                           size / 60 * 100 + size % 60);
    return 1 + number(text + 1, how, 4, '0', size / 60 * 100 + size % 60);
}

/* Prints a part of the date; a letter that names none as it is written. */
static int convert_date(char *text, char letter, const struct how *how, const struct tm *tm)
{
    long year = tm->tm_year + 1900L;

    switch (letter) {
    case 'a': return sprintf(text, "%.3s", days[tm->tm_wday]);
    case 'A': return sprintf(text, "%s", days[tm->tm_wday]);
    case 'h':
    case 'b': return sprintf(text, "%.3s", months[tm->tm_mon]);
    case 'B': return sprintf(text, "%s", months[tm->tm_mon]);
    case 'C': return number(text, how, 1, '0', (year - (year % 100 + 100) % 100) / 100);
    case 'd': return number(text, how, 2, '0', tm->tm_mday);
    case 'e': return number(text, how, 2, '_', tm->tm_mday);
    case 'g': return number(text, how, 2, '0', (iso_year(tm) % 100 + 100) % 100);
    case 'G': return number(text, how, 1, '0', iso_year(tm));
    case 'j': return number(text, how, 3, '0', tm->tm_yday + 1);
    case 'm': return number(text, how, 2, '0', tm->tm_mon + 1);
    case 'u': return number(text, how, 1, '0', (tm->tm_wday + 6) % 7 + 1);
    case 'U': return number(text, how, 2, '0', (tm->tm_yday + 7 - tm->tm_wday) / 7);
    case 'V': return number(text, how, 2, '0', iso_week(tm, &year));
    case 'w': return number(text, how, 1, '0', tm->tm_wday);
    case 'W': return number(text, how, 2, '0', (tm->tm_yday + 7 - (tm->tm_wday + 6) % 7) / 7);
    case 'y': return number(text, how, 2, '0', (year % 100 + 100) % 100);
    case 'Y': return number(text, how, 1, '0', year);
    }
    return sprintf(text, "%%%c", letter);
}

/* Prints one conversion, of at most 64 bytes; the result is its length. */
static int convert(char *text, char letter, const struct how *how, const struct tm *tm)
{
    int hour = (tm->tm_hour + 11) % 12 + 1;
    struct tm copy = *tm;

    switch (letter) {
    case 'H': return number(text, how, 2, '0', tm->tm_hour);
    case 'I': return number(text, how, 2, '0', hour);
    case 'k': return number(text, how, 2, '_', tm->tm_hour);
    case 'l': return number(text, how, 2, '_', hour);
    case 'M': return number(text, how, 2, '0', tm->tm_min);
    case 'n': return sprintf(text, "\n");
    case 'p': return sprintf(text, tm->tm_hour < 12 ? "AM" : "PM");
    case 'P': return sprintf(text, tm->tm_hour < 12 ? "am" : "pm");
    case 's': return number(text, how, 1, '_', timegm(&copy));
    case 'S': return number(text, how, 2, '0', tm->tm_sec);
    case 't': return sprintf(text, "\t");
    case 'z': return zone(text, how, tm);
    case 'Z': return sprintf(text, "%.60s", tm->tm_zone && *tm->tm_zone ? tm->tm_zone : "UTC");
    case '%': return sprintf(text, "%%");
    }
    return convert_date(text, letter, how, tm);
}

/* Reads flags, width and modifier, and returns the place of the letter. */
static const char *read_how(const char *at, struct how *how)
{
    *how = (struct how){0};
    for (; *at && strchr("_-0^#", *at); at++) {
        if (*at == '^')
            how->upper = true;
        else if (*at == '#')
            how->swap = true;
        else
            how->pad = *at;
    }
    for (; isdigit((unsigned char)*at); at++)
        if (how->width < MOST_WIDTH)
            how->width = how->width * 10 + (size_t)(*at - '0');
    if ((*at == 'E' || *at == 'O') && at[1])
        how->modifier = *at++;
    return at;
}

/* The flag '#': AM, PM and time zones become lower case, days and months upper case. */
static void change_case(char *text, char letter, const struct how *how)
{
    bool small = how->swap && (letter == 'p' || letter == 'Z');
    bool large = letter != 'P' && (how->upper || (how->swap && strchr("aAbBh", letter)));

    for (; *text; text++)
        *text = (char)(small   ? tolower((unsigned char)*text)
                       : large ? toupper((unsigned char)*text)
                               : *text);
}

/* One piece of the result: text, and what it is filled up with to the width. */
struct piece {
    char text[128];
    size_t length, fill;
    char filler;
};

/* Makes a piece of a conversion. One that does not exist is printed as it is written, from `start`
 * on. */
static void convert_piece(struct piece *piece, const char *start, const char *letter,
                          const struct how *how, const struct tm *tm)
{
    const char *longer = NULL;

    piece->filler = how->pad == '0' ? '0' : ' ';
    if (!is_conversion(*letter, how->modifier)) {
        piece->length = (size_t)(letter + 1 - start);
        if (piece->length >= sizeof(piece->text))
            piece->length = sizeof(piece->text) - 1;
        memcpy(piece->text, start, piece->length);
        piece->text[piece->length] = '\0';
    } else {
        longer = date_composed(*letter);
        piece->length = longer ? strftime(piece->text, sizeof(piece->text), longer, tm)
                               : (size_t)convert(piece->text, *letter, how, tm);
        if (!longer && !how->pad && piece->text[0] == '0')
            piece->filler = '0';
    }
    if (how->upper ||
        (how->swap && (is_conversion(*letter, how->modifier) || strchr("bBh", *letter))))
        change_case(piece->text, *letter, how);
    piece->fill = how->width > piece->length ? how->width - piece->length : 0;
    if (*letter == 'z' && how->width > 0) /* the width is that of the sign, too */
        piece->fill = how->width - 1;
}

/* Reads a piece of the format, and returns what follows it. */
static const char *read_piece(const char *format, struct piece *piece, const struct tm *tm)
{
    struct how how;

    *piece = (struct piece){.text = {*format}, .length = 1};
    if (*format != '%' || !format[1])
        return format + 1;
    const char *letter = read_how(format + 1, &how);
    if (!*letter) /* the format ends after the flags */
        return format + 1;
    convert_piece(piece, format, letter, &how, tm);
    return letter + 1;
}

size_t strftime(char *restrict text, size_t size, const char *restrict format,
                const struct tm *restrict tm)
{
    struct piece piece;
    size_t at = 0;

    while (*format) {
        format = read_piece(format, &piece, tm);
        if (at + piece.fill + piece.length >= size)
            return 0;
        memset(text + at, piece.filler, piece.fill);
        memcpy(text + at + piece.fill, piece.text, piece.length);
        at += piece.fill + piece.length;
    }
    if (at >= size)
        return 0;
    text[at] = '\0';
    return at;
}
