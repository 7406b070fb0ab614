/* The calendar: gmtime, timegm, mktime, strftime, asctime over many times. */
/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

static uint64_t state = 3;

static uint64_t draw(void)
{
    state = state * 6364136223846793005u + 1442695040888963407u;
    return state >> 20;
}

static void show(time_t when)
{
    struct tm tm, *is = gmtime_r(&when, &tm);
    char text[300];
    if (!is) {
        printf("%lld: errno %d\n", (long long)when, errno);
        return;
    }
    printf("%lld: %d-%d-%d %d:%d:%d wday %d yday %d dst %d off %ld back %lld\n", (long long)when,
           tm.tm_year, tm.tm_mon, tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec, tm.tm_wday,
           tm.tm_yday, tm.tm_isdst, tm.tm_gmtoff, (long long)timegm(&tm));
    strftime(text, sizeof text,
             "%a %A %b %B %c %C %d %D %e %F %g %G %h %H %I %j %m %M %n %p %r %R %S"
             " %t %T %u %U %V %w %W %x %X %y %Y"
             " %z %% %s %k %l %P",
             &tm);
    printf("%s\n", text);
    if (when < 250000000000)
        printf("%s", asctime(&tm));
}

static void normalize(int year, int month, int day, int hour, int minute, int second)
{
    struct tm tm = {.tm_year = year,
                    .tm_mon = month,
                    .tm_mday = day,
                    .tm_hour = hour,
                    .tm_min = minute,
                    .tm_sec = second};
    time_t when = mktime(&tm);
    printf("mktime: %lld %d-%d-%d %d:%d:%d wday %d yday %d\n", (long long)when, tm.tm_year,
           tm.tm_mon, tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec, tm.tm_wday, tm.tm_yday);
}

/* Every conversion under every flag and some widths; how a width changes %z is nobody's promise. */
static void flags(void)
{
    static const char *const flag[] = {"", "-", "_", "0", "^", "#", "_^", "0#"};
    static const char *const width[] = {"", "1", "3", "5", "12"};
    struct tm tm = {.tm_year = 126,
                    .tm_mon = 2,
                    .tm_mday = 5,
                    .tm_hour = 7,
                    .tm_min = 3,
                    .tm_sec = 9,
                    .tm_wday = 4,
                    .tm_yday = 63};
    for (const char *c = "aAbBcCdDeFgGhHIjklmMnpPrRsStTuUVwWxXyYzZ%"; *c; c++)
        for (size_t i = 0; i < sizeof flag / sizeof *flag * 5; i++) {
            char format[20], text[100] = "";
            if (*c == 'z' && i % 5)
                continue;
            snprintf(format, sizeof format, "%%%s%s%c", flag[i / 5], width[i % 5], *c);
            printf("%s: %zu", format, strftime(text, sizeof text, format, &tm));
            printf(" [%s]\n", text);
        }
}

int main(void)
{
    flags();
    static const time_t times[] = {
        0,           1,           -1,           59,           60,          86399,
        86400,       -86400,      951782400,    951868800,    1078012800,  1709164800,
        946684799,   946684800,   2147483647,   2147483648,   -2147483648, 4107542400,
        13569465600, -2208988800, -30610224000, 253402300799, 253402300800};
    for (size_t i = 0; i < sizeof times / sizeof *times; i++)
        show(times[i]);
    for (int i = 0; i < 3000; i++)
        show((time_t)(draw() % 12000000000) - 4000000000);
    for (int year = 1970; year < 2040; year++) /* the weeks around New Year */
        for (int day = -4; day < 5; day++)
            show((time_t)(year - 1970) * 31556952 + day * 86400);
    for (int i = 0; i < 3000; i++)
        normalize((int)(draw() % 300), (int)(draw() % 100) - 50, (int)(draw() % 200) - 100,
                  (int)(draw() % 100) - 50, (int)(draw() % 500) - 250,
                  (int)(draw() % 100000) - 50000);
    char text[20];
    struct tm tm = {.tm_year = 100, .tm_mday = 1, .tm_wday = 6};
    for (size_t room = 0; room < 12; room++)
        printf("%zu: %zu\n", room, strftime(text, room, "%Y-%m-%d", &tm));
    time_t now = 1e9;
    printf("%s%.0f\n", ctime(&now), difftime(10, 3));
    return 0;
}
