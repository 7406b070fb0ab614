/* asctime and ctime: date and time in the traditional format of Unix. */
/* SPDX-License-Identifier: MIT */
#include <time.h>

char *asctime_r(const struct tm *restrict tm, char *restrict text)
{
    strftime(text, 26, "%a %b %e %H:%M:%S %Y\n", tm);
    return text;
}

char *asctime(const struct tm *tm)
{
    static char text[26];

    return asctime_r(tm, text);
}

char *ctime_r(const time_t *time, char *text)
{
    struct tm tm;

    return localtime_r(time, &tm) ? asctime_r(&tm, text) : NULL;
}

char *ctime(const time_t *time)
{
    struct tm *tm = localtime(time);

    return tm ? asctime(tm) : NULL;
}
