/* Days counted from 1970-01-01, and the Gregorian calendar. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <time.h>

/* The number of a day. A month outside 0 to 11 is one of another year. */
long days_from_date(long year, long month, long day);

/* The format that a conversion of dates means in the locale C, as "%H:%M" for 'R'; NULL for one
 * that means no other. */
const char *date_composed(char letter);

/* Fills all fields except the time of the day; -1 if the year does not fit an int. */
int date_from_days(long days, struct tm *tm);
