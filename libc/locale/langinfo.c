/* nl_langinfo: both locales are English, and differ in the name of their code. */
/* SPDX-License-Identifier: MIT */
#include <langinfo.h>
#include <stddef.h>
#include "locales.h"

/* The texts of each category, in the order of their numbers, each ending in a NUL. */
static const char numbers[] = ".\0";
static const char times[] =
    "Sun\0Mon\0Tue\0Wed\0Thu\0Fri\0Sat\0"
    "Sunday\0Monday\0Tuesday\0Wednesday\0Thursday\0Friday\0Saturday\0"
    "Jan\0Feb\0Mar\0Apr\0May\0Jun\0Jul\0Aug\0Sep\0Oct\0Nov\0Dec\0"
    "January\0February\0March\0April\0May\0June\0July\0August\0September\0October\0November\0"
    "December\0AM\0PM\0%a %b %e %H:%M:%S %Y\0%m/%d/%y\0%H:%M:%S\0%I:%M:%S %p\0";
static const char messages[] = "^[yY]\0^[nN]\0\0";

static const char *nth(const char *texts, size_t size, int n)
{
    const char *at = texts;

    for (; n > 0 && at < texts + size; n--)
        while (*at++)
            ;
    return at < texts + size ? at : "";
}

char *nl_langinfo_l(nl_item item, locale_t locale)
{
    const struct locale_kind *kind = locale == LC_GLOBAL_LOCALE ? &locale_global : locale;
    int n = item & 0xffff;

    if (item == CODESET)
        return kind->utf8 >> LC_CTYPE & 1 ? "UTF-8" : "ANSI_X3.4-1968";
    if (item == CRNCYSTR)
        return "-";
    switch (item >> 16) {
    case LC_NUMERIC: return (char *)nth(numbers, sizeof(numbers), n);
    case LC_TIME: return (char *)nth(times, sizeof(times), n);
    case LC_MESSAGES: return (char *)nth(messages, sizeof(messages), n);
    }
    return "";
}

char *nl_langinfo(nl_item item)
{
    return nl_langinfo_l(item, (locale_t)locale_now());
}
