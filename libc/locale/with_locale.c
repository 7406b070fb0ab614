/* Functions that are given a locale. Our two locales differ only in how characters are written in
 * bytes, and these functions have no bytes above 127 to tell apart; so they do what the others do.
 */
/* SPDX-License-Identifier: MIT */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>
#include <wchar.h>
#include <wctype.h>

/* A function of one argument, and one of two or three. */
#define WITH_LOCALE_1(type, name, A)  \
    type name##_l(A a, locale_t none) \
    {                                 \
        (void)none;                   \
        return name(a);               \
    }
#define WITH_LOCALE_2(type, name, A, B)    \
    type name##_l(A a, B b, locale_t none) \
    {                                      \
        (void)none;                        \
        return name(a, b);                 \
    }
#define WITH_LOCALE_3(type, name, A, B, C)      \
    type name##_l(A a, B b, C c, locale_t none) \
    {                                           \
        (void)none;                             \
        return name(a, b, c);                   \
    }

WITH_LOCALE_1(int, isalnum, int)
WITH_LOCALE_1(int, isalpha, int)
WITH_LOCALE_1(int, isblank, int)
WITH_LOCALE_1(int, iscntrl, int)
WITH_LOCALE_1(int, isdigit, int)
WITH_LOCALE_1(int, isgraph, int)
WITH_LOCALE_1(int, islower, int)
WITH_LOCALE_1(int, isprint, int)
WITH_LOCALE_1(int, ispunct, int)
WITH_LOCALE_1(int, isspace, int)
WITH_LOCALE_1(int, isupper, int)
WITH_LOCALE_1(int, isxdigit, int)
WITH_LOCALE_1(int, tolower, int)
WITH_LOCALE_1(int, toupper, int)

WITH_LOCALE_1(int, iswalnum, wint_t)
WITH_LOCALE_1(int, iswalpha, wint_t)
WITH_LOCALE_1(int, iswblank, wint_t)
WITH_LOCALE_1(int, iswcntrl, wint_t)
WITH_LOCALE_1(int, iswdigit, wint_t)
WITH_LOCALE_1(int, iswgraph, wint_t)
WITH_LOCALE_1(int, iswlower, wint_t)
WITH_LOCALE_1(int, iswprint, wint_t)
WITH_LOCALE_1(int, iswpunct, wint_t)
WITH_LOCALE_1(int, iswspace, wint_t)
WITH_LOCALE_1(int, iswupper, wint_t)
WITH_LOCALE_1(int, iswxdigit, wint_t)
WITH_LOCALE_1(wint_t, towlower, wint_t)
WITH_LOCALE_1(wint_t, towupper, wint_t)
WITH_LOCALE_1(wctype_t, wctype, const char *)
WITH_LOCALE_1(wctrans_t, wctrans, const char *)
WITH_LOCALE_2(int, iswctype, wint_t, wctype_t)
WITH_LOCALE_2(wint_t, towctrans, wint_t, wctrans_t)

WITH_LOCALE_1(char *, strerror, int)
WITH_LOCALE_2(int, strcoll, const char *, const char *)
WITH_LOCALE_2(int, strcasecmp, const char *, const char *)
WITH_LOCALE_2(int, wcscoll, const wchar_t *, const wchar_t *)
WITH_LOCALE_2(int, wcscasecmp, const wchar_t *, const wchar_t *)
WITH_LOCALE_3(int, strncasecmp, const char *, const char *, size_t)
WITH_LOCALE_3(int, wcsncasecmp, const wchar_t *, const wchar_t *, size_t)
WITH_LOCALE_3(size_t, strxfrm, char *restrict, const char *restrict, size_t)
WITH_LOCALE_3(size_t, wcsxfrm, wchar_t *restrict, const wchar_t *restrict, size_t)
WITH_LOCALE_3(long, strtol, const char *restrict, char **restrict, int)
WITH_LOCALE_3(long long, strtoll, const char *restrict, char **restrict, int)
WITH_LOCALE_3(unsigned long, strtoul, const char *restrict, char **restrict, int)
WITH_LOCALE_3(unsigned long long, strtoull, const char *restrict, char **restrict, int)

size_t strftime_l(char *restrict text, size_t size, const char *restrict format,
                  const struct tm *restrict tm, locale_t none)
{
    (void)none;
    return strftime(text, size, format, tm);
}
