/* Days counted from 1970-01-01, and the Gregorian calendar. */
#pragma once

#include <time.h>

/* The number of the day; month 0 to 11 counts on into other years. */
long days_from_date(long year, long month, long day);

/* Fills all but the time of the day; -1 where the year does not fit an int. */
int date_from_days(long days, struct tm *tm);
