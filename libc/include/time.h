/* Time: clocks, calendar (UTC only), sleeping. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <abi/time.h>

#define CLOCKS_PER_SEC 1000000L
#define TIME_UTC       1

struct itimerspec {
    struct timespec it_interval;
    struct timespec it_value;
};

struct tm {
    int tm_sec, tm_min, tm_hour, tm_mday, tm_mon, tm_year, tm_wday, tm_yday, tm_isdst;
    long tm_gmtoff;
    const char *tm_zone;
};

typedef struct locale_kind *locale_t;

extern char *tzname[2];
extern long timezone;
extern int daylight;

time_t time(time_t *now);
clock_t clock(void);
double difftime(time_t later, time_t earlier);
int clock_gettime(clockid_t clock, struct timespec *now);
int clock_getres(clockid_t clock, struct timespec *step);
int clock_getcpuclockid(pid_t pid, clockid_t *clock); /* of processor time; ESRCH, not errno */
int clock_nanosleep(clockid_t clock, int flags, const struct timespec *time, struct timespec *left);
int nanosleep(const struct timespec *time, struct timespec *left);
int timespec_get(struct timespec *now, int base);

struct tm *gmtime(const time_t *time);
struct tm *gmtime_r(const time_t *restrict time, struct tm *restrict tm);
struct tm *localtime(const time_t *time);
struct tm *localtime_r(const time_t *restrict time, struct tm *restrict tm);
time_t mktime(struct tm *tm);
time_t timegm(struct tm *tm);
size_t strftime(char *restrict text, size_t size, const char *restrict format,
                const struct tm *restrict tm);
size_t strftime_l(char *restrict text, size_t size, const char *restrict format,
                  const struct tm *restrict tm, locale_t locale);

/* Reads date and time by strftime's conversions; what can be worked out from what was read is,
 * other fields stay. Returns what follows in the text, or NULL where it does not agree with the
 * format. */
char *strptime(const char *restrict text, const char *restrict format, struct tm *restrict tm);
char *asctime(const struct tm *tm);
char *asctime_r(const struct tm *restrict tm, char *restrict text);
char *ctime(const time_t *time);
char *ctime_r(const time_t *time, char *text);
void tzset(void);
