/* From date and time, which may be out of range, to seconds since 1970. */
/* SPDX-License-Identifier: MIT */
#include "calendar.h"

time_t timegm(struct tm *tm)
{
    long days = days_from_date(tm->tm_year + 1900L, tm->tm_mon, tm->tm_mday);
    time_t time = ((days * 24 + tm->tm_hour) * 60 + tm->tm_min) * 60 + tm->tm_sec;

    return gmtime_r(&time, tm) ? time : -1;
}

time_t mktime(struct tm *tm)
{
    return timegm(tm);
}
