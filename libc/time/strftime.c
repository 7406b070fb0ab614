/* strftime: date and time as text, in English. */
#include <stdio.h>
#include <string.h>
#include "calendar.h"

static const char days[7][10] = {"Sunday",   "Monday", "Tuesday", "Wednesday",
                                 "Thursday", "Friday", "Saturday"};
static const char months[12][10] = {"January",   "February", "March",    "April",
                                    "May",       "June",     "July",     "August",
                                    "September", "October",  "November", "December"};

/* The week of the year by ISO 8601: week 1 has the year's first Thursday. */
static int iso_week(const struct tm *tm, long *year)
{
    long today = days_from_date(tm->tm_year + 1900L, 0, 1) + tm->tm_yday;
    long thursday = today - (tm->tm_wday + 6) % 7 + 3;
    struct tm at;

    date_from_days(thursday, &at);
    *year = at.tm_year + 1900L;
    return at.tm_yday / 7 + 1;
}

static const char *whole(const char *conversion)
{
    switch (*conversion) {
    case 'c': return "%a %b %e %H:%M:%S %Y";
    case 'D':
    case 'x': return "%m/%d/%y";
    case 'F': return "%Y-%m-%d";
    case 'r': return "%I:%M:%S %p";
    case 'R': return "%H:%M";
    case 'T':
    case 'X': return "%H:%M:%S";
    }
    return NULL;
}

static int number(char *text, const char *format, long n)
{
    return sprintf(text, format, n);
}

/* One conversion into at most 64 bytes; its length. */
static int convert(char *text, char letter, const struct tm *tm)
{
    int hour = (tm->tm_hour + 11) % 12 + 1;
    long year = tm->tm_year + 1900L, iso_year;
    struct tm copy = *tm;

    switch (letter) {
    case 'a': return sprintf(text, "%.3s", days[tm->tm_wday]);
    case 'A': return sprintf(text, "%s", days[tm->tm_wday]);
    case 'h':
    case 'b': return sprintf(text, "%.3s", months[tm->tm_mon]);
    case 'B': return sprintf(text, "%s", months[tm->tm_mon]);
    case 'C': return number(text, "%02ld", (year - (year % 100 + 100) % 100) / 100);
    case 'd': return number(text, "%02ld", tm->tm_mday);
    case 'e': return number(text, "%2ld", tm->tm_mday);
    case 'g': iso_week(tm, &iso_year); return number(text, "%02ld", (iso_year % 100 + 100) % 100);
    case 'G': iso_week(tm, &iso_year); return number(text, "%ld", iso_year);
    case 'H': return number(text, "%02ld", tm->tm_hour);
    case 'I': return number(text, "%02ld", hour);
    case 'j': return number(text, "%03ld", tm->tm_yday + 1);
    case 'k': return number(text, "%2ld", tm->tm_hour);
    case 'l': return number(text, "%2ld", hour);
    case 'm': return number(text, "%02ld", tm->tm_mon + 1);
    case 'M': return number(text, "%02ld", tm->tm_min);
    case 'n': return sprintf(text, "\n");
    case 'p': return sprintf(text, tm->tm_hour < 12 ? "AM" : "PM");
    case 'P': return sprintf(text, tm->tm_hour < 12 ? "am" : "pm");
    case 's': return number(text, "%ld", timegm(&copy));
    case 'S': return number(text, "%02ld", tm->tm_sec);
    case 't': return sprintf(text, "\t");
    case 'u': return number(text, "%ld", (tm->tm_wday + 6) % 7 + 1);
    case 'U': return number(text, "%02ld", (tm->tm_yday + 7 - tm->tm_wday) / 7);
    case 'V': return number(text, "%02ld", iso_week(tm, &iso_year));
    case 'w': return number(text, "%ld", tm->tm_wday);
    case 'W': return number(text, "%02ld", (tm->tm_yday + 7 - (tm->tm_wday + 6) % 7) / 7);
    case 'y': return number(text, "%02ld", (year % 100 + 100) % 100);
    case 'Y': return number(text, "%ld", year);
    case 'z': return sprintf(text, "+0000");
    case 'Z': return sprintf(text, "UTC");
    case '%': return sprintf(text, "%%");
    }
    return sprintf(text, "%%%c", letter);
}

size_t strftime(char *restrict text, size_t size, const char *restrict format,
                const struct tm *restrict tm)
{
    size_t at = 0;

    for (; *format; format++) {
        char piece[64] = {*format};
        size_t length = 1;

        if (*format == '%' && format[1]) {
            format++;
            if ((*format == 'E' || *format == 'O') && format[1])
                format++;
            const char *longer = whole(format);
            if (longer)
                length = strftime(piece, sizeof(piece), longer, tm);
            else
                length = (size_t)convert(piece, *format, tm);
        }
        if (at + length >= size)
            return 0;
        memcpy(text + at, piece, length);
        at += length;
    }
    if (at >= size)
        return 0;
    text[at] = '\0';
    return at;
}
