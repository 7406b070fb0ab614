/* From seconds since 1970 to date and time. Local time is UTC: there are no time zones. */
/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stddef.h>
#include "calendar.h"
#include "syscall.h"

char *tzname[2] = {"UTC", "UTC"};
long timezone;
int daylight;

void tzset(void) {}

struct tm *gmtime_r(const time_t *restrict time, struct tm *restrict tm)
{
    long days = *time / 86400 - (*time % 86400 < 0);
    long second = *time - days * 86400;

    if (date_from_days(days, tm) < 0)
        return fail_null(EOVERFLOW);
    tm->tm_hour = (int)(second / 3600);
    tm->tm_min = (int)(second / 60 % 60);
    tm->tm_sec = (int)(second % 60);
    tm->tm_isdst = 0;
    tm->tm_gmtoff = 0;
    tm->tm_zone = "UTC";
    return tm;
}

struct tm *gmtime(const time_t *time)
{
    static struct tm tm;

    return gmtime_r(time, &tm);
}

struct tm *localtime_r(const time_t *restrict time, struct tm *restrict tm)
{
    return gmtime_r(time, tm);
}

struct tm *localtime(const time_t *time)
{
    return gmtime(time);
}
