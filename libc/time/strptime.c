/* strptime: reads date and time from text, as strftime prints them. */
/* SPDX-License-Identifier: MIT */
#include <ctype.h>
#include <langinfo.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include "calendar.h"

/* What has been read, as far as it is to be put together at the end. */
struct reading {
    struct tm *tm;
    bool has_century, has_year, has_month, has_day, has_week_day, has_year_day;
    bool has_pm, is_pm, has_hour_12;
    bool has_week, week_of_monday;
    int century, year_in_century, week;
};

static const char *read_all(const char *text, const char *format, struct reading *r);

/* Reads a number of at most `digits` digits between two limits, after blanks; NULL if it is none.
 */
static const char *number(const char *text, int low, int high, int digits, int *n)
{
    int value = 0;

    while (*text == ' ')
        text++;
    if (!isdigit((unsigned char)*text))
        return NULL;
    for (; digits > 0 && isdigit((unsigned char)*text); digits--, text++) {
        int more = value * 10 + *text - '0';

        if (more > high)
            break;
        value = more;
    }
    *n = value;
    return value >= low ? text : NULL;
}

/* Reads one of n names, whole or the first three letters: which it is; they follow each other, the
 * short ones from `brief` on. */
static const char *name(const char *text, nl_item whole, nl_item brief, int n, int *which)
{
    for (int i = 0; i < n; i++) {
        const char *names[] = {nl_langinfo(whole + i), nl_langinfo(brief + i)};

        for (int k = 0; k < 2; k++) {
            size_t length = strlen(names[k]);

            if (strncasecmp(text, names[k], length) != 0)
                continue;
            *which = i;
            return text + length;
        }
    }
    return NULL;
}

/* +hhmm, +hh:mm, +hh or Z */
static const char *zone(const char *text, struct tm *tm)
{
    int n = 0, digits = 0;

    while (*text == ' ')
        text++;
    if (*text == 'Z') {
        tm->tm_gmtoff = 0;
        return text + 1;
    }
    bool west = *text == '-';
    if (*text != '+' && *text != '-')
        return NULL;
    for (text++; digits < 4 && isdigit((unsigned char)*text); digits++, text++) {
        n = n * 10 + *text - '0';
        if (digits == 1 && text[1] == ':')
            text++;
    }
    if (digits == 2)
        n *= 100;
    if ((digits != 2 && digits != 4) || n > 1400 || n % 100 >= 60)
        return NULL;
    long seconds = (n / 100 * 60L + n % 100) * 60;
    tm->tm_gmtoff = west ? -seconds : seconds;
    return text;
}

static const char *seconds_since_1970(const char *text, struct tm *tm)
{
    char *end;
    time_t time = strtol(text, &end, 10);

    return end != text && localtime_r(&time, tm) ? end : NULL;
}

static const char *half_of_day(const char *text, struct reading *r)
{
    r->has_pm = true;
    r->is_pm = strncasecmp(text, "PM", 2) == 0;
    return r->is_pm || strncasecmp(text, "AM", 2) == 0 ? text + 2 : NULL;
}

static const char *read_year(const char *text, char letter, struct reading *r)
{
    struct tm *tm = r->tm;
    int n = 0;

    switch (letter) {
    case 'C': r->has_century = true; return number(text, 0, 99, 2, &r->century);
    case 'U':
    case 'W':
        r->has_week = true;
        r->week_of_monday = letter == 'W';
        return number(text, 0, 53, 2, &r->week);
    case 'y':
        r->has_year = true;
        text = number(text, 0, 99, 2, &r->year_in_century);
        tm->tm_year = r->year_in_century >= 69 ? r->year_in_century : r->year_in_century + 100;
        return text;
    case 'Y':
        text = number(text, 0, 9999, 4, &n);
        tm->tm_year = n - 1900;
        r->has_year = true;
        r->has_century = false;
        return text;
    }
    return NULL;
}

static const char *read_date(const char *text, char letter, struct reading *r)
{
    struct tm *tm = r->tm;
    int n = 0;

    switch (letter) {
    case 'a':
    case 'A': r->has_week_day = true; return name(text, DAY_1, ABDAY_1, 7, &tm->tm_wday);
    case 'b':
    case 'B':
    case 'h': r->has_month = true; return name(text, MON_1, ABMON_1, 12, &tm->tm_mon);
    case 'd':
    case 'e': r->has_day = true; return number(text, 1, 31, 2, &tm->tm_mday);
    case 'j':
        text = number(text, 1, 366, 3, &n);
        tm->tm_yday = n - 1;
        r->has_year_day = true;
        return text;
    case 'm':
        text = number(text, 1, 12, 2, &n);
        tm->tm_mon = n - 1;
        r->has_month = true;
        return text;
    case 'u':
        text = number(text, 1, 7, 1, &n);
        tm->tm_wday = n % 7;
        r->has_week_day = true;
        return text;
    case 'w': r->has_week_day = true; return number(text, 0, 6, 1, &tm->tm_wday);
    }
    return read_year(text, letter, r);
}

static const char *read_time(const char *text, char letter, struct reading *r)
{
    struct tm *tm = r->tm;
    int n = 0;

    switch (letter) {
    case 'g':
    case 'V': return number(text, 0, letter == 'g' ? 99 : 53, 2, &n); /* read, and not used */
    case 'G': return number(text, 0, 9999, 4, &n);
    case 'k':
    case 'H': r->has_hour_12 = false; return number(text, 0, 23, 2, &tm->tm_hour);
    case 'l':
    case 'I':
        text = number(text, 1, 12, 2, &n);
        tm->tm_hour = n % 12;
        r->has_hour_12 = true;
        return text;
    case 'M': return number(text, 0, 59, 2, &tm->tm_min);
    case 'n':
    case 't':
        while (isspace((unsigned char)*text))
            text++;
        return text;
    case 'p':
    case 'P': return half_of_day(text, r);
    case 's': return seconds_since_1970(text, tm);
    case 'S': return number(text, 0, 61, 2, &tm->tm_sec);
    case 'z': return zone(text, tm);
    case 'Z':
        while (isupper((unsigned char)*text))
            text++;
        return text;
    case '%': return *text == '%' ? text + 1 : NULL;
    }
    return read_date(text, letter, r);
}

/* Reads by the whole format; NULL where the text does not agree with it. */
static const char *read_all(const char *text, const char *format, struct reading *r)
{
    for (; *format && text; format++) {
        if (isspace((unsigned char)*format)) {
            while (isspace((unsigned char)*text))
                text++;
            continue;
        }
        if (*format != '%') {
            text = *text == *format ? text + 1 : NULL;
            continue;
        }
        format++;
        while (*format && strchr("-_0^#", *format))
            format++;
        if (*format == 'E' || *format == 'O')
            format++;
        if (!*format)
            return NULL;
        const char *parts = date_composed(*format);
        text = parts ? read_all(text, parts, r) : read_time(text, *format, r);
    }
    return text;
}

/* The day of the year from the number of the week, which begins on Sunday or Monday. */
static int day_of_week(const struct reading *r)
{
    const struct tm *tm = r->tm;
    long first = days_from_date(tm->tm_year + 1900L, 0, 1);
    int start = (int)(((first + 4) % 7 + 7) % 7), offset = r->week_of_monday ? 1 : 0;

    return (7 - (start - offset)) % 7 + (r->week - 1) * 7 + (tm->tm_wday - offset + 7) % 7;
}

/* Works out the month and its day from the day of the year. */
static void date_from_year_day(const struct reading *r, long first)
{
    struct tm date;

    date_from_days(first + r->tm->tm_yday, &date);
    if (!r->has_month)
        r->tm->tm_mon = date.tm_mon;
    if (!r->has_day)
        r->tm->tm_mday = date.tm_mday;
}

/* Works out what was not read: the date from the day of the year or the week, the days of the year
 * and of the week from the date if any part of it was read. */
static void complete(struct reading *r)
{
    struct tm *tm = r->tm;
    bool has_part = r->has_year || r->has_century || r->has_month || r->has_day;

    if (r->has_hour_12 && r->has_pm && r->is_pm)
        tm->tm_hour += 12;
    if (r->has_century)
        tm->tm_year = (r->century - 19) * 100 + (r->has_year ? r->year_in_century : 0);
    bool has_date = r->has_month && r->has_day;
    if (r->has_week && r->has_week_day && !r->has_year_day && !has_date) {
        tm->tm_yday = day_of_week(r);
        r->has_year_day = true;
    }
    long first = days_from_date(tm->tm_year + 1900L, 0, 1);
    if (r->has_year_day && !has_date)
        date_from_year_day(r, first);
    long day = days_from_date(tm->tm_year + 1900L, tm->tm_mon, tm->tm_mday);
    if (has_part && !r->has_year_day)
        tm->tm_yday = (int)(day - first);
    if (has_part && !r->has_week_day)
        tm->tm_wday = (int)(((day + 4) % 7 + 7) % 7);
}

char *strptime(const char *restrict text, const char *restrict format, struct tm *restrict tm)
{
    struct reading r = {.tm = tm};
    const char *end = read_all(text, format, &r);

    if (end)
        complete(&r);
    return (char *)end;
}
