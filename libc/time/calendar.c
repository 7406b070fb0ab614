/* The Gregorian calendar. Years are counted from March on, so that the leap day is the last day. */
/* SPDX-License-Identifier: MIT */
#include "calendar.h"
#include <limits.h>

#define DAYS_IN_ERA 146097 /* of 400 years */

static long divide_down(long n, long by)
{
    return n / by - (n % by < 0);
}

long days_from_date(long year, long month, long day)
{
    year += divide_down(month, 12);
    month -= divide_down(month, 12) * 12;
    if (month < 2)
        year--;
    long from_march = (month + 10) % 12;
    long era = divide_down(year, 400);
    long in_era = year - era * 400;
    long in_year = (153 * from_march + 2) / 5 + day - 1;
    return era * DAYS_IN_ERA + in_era * 365 + in_era / 4 - in_era / 100 + in_year - 719468;
}

int date_from_days(long days, struct tm *tm)
{
    long since = days + 719468;
    long era = divide_down(since, DAYS_IN_ERA);
    long in_era = since - era * DAYS_IN_ERA;
    long year = (in_era - in_era / 1460 + in_era / 36524 - in_era / 146096) / 365;
    long in_year = in_era - (365 * year + year / 4 - year / 100);
    long from_march = (5 * in_year + 2) / 153;
    long month = (from_march + 2) % 12;

    year += era * 400 + (month < 2);
    if (year - 1900 > INT_MAX || year - 1900 < INT_MIN)
        return -1;
    tm->tm_year = (int)(year - 1900);
    tm->tm_mon = (int)month;
    tm->tm_mday = (int)(in_year - (153 * from_march + 2) / 5 + 1);
    tm->tm_wday = (int)((days % 7 + 11) % 7);
    tm->tm_yday = (int)(days - days_from_date(year, 0, 1));
    return 0;
}
