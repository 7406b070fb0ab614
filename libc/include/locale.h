/* Locales: C and C.UTF-8.
 *
 * They differ in one thing, what a character is in bytes (LC_CTYPE). In C.UTF-8 it is UTF-8, of up
 * to 4 bytes. In C each byte is one: a byte above 127 becomes the wide character 0xdf00 + byte,
 * which is no character of Unicode, and that becomes the byte again; so text of any kind passes
 * through unchanged. (glibc's C locale refuses such bytes.) All else is as POSIX says of C, in
 * English. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stddef.h>

#define LC_CTYPE    0
#define LC_NUMERIC  1
#define LC_TIME     2
#define LC_COLLATE  3
#define LC_MONETARY 4
#define LC_MESSAGES 5
#define LC_ALL      6

#define LC_CTYPE_MASK    (1 << LC_CTYPE)
#define LC_NUMERIC_MASK  (1 << LC_NUMERIC)
#define LC_TIME_MASK     (1 << LC_TIME)
#define LC_COLLATE_MASK  (1 << LC_COLLATE)
#define LC_MONETARY_MASK (1 << LC_MONETARY)
#define LC_MESSAGES_MASK (1 << LC_MESSAGES)
#define LC_ALL_MASK      0x3f

typedef struct locale_kind *locale_t;

#define LC_GLOBAL_LOCALE ((locale_t)-1)

struct lconv {
    char *decimal_point, *thousands_sep, *grouping;
    char *int_curr_symbol, *currency_symbol;
    char *mon_decimal_point, *mon_thousands_sep, *mon_grouping;
    char *positive_sign, *negative_sign;
    char int_frac_digits, frac_digits;
    char p_cs_precedes, p_sep_by_space, n_cs_precedes, n_sep_by_space;
    char p_sign_posn, n_sign_posn;
    char int_p_cs_precedes, int_p_sep_by_space, int_n_cs_precedes, int_n_sep_by_space;
    char int_p_sign_posn, int_n_sign_posn;
};

/* Sets the locale of a category: "C" or "POSIX", "C.UTF-8" or "C.utf8", "" for what LC_ALL, the
 * category's own variable or LANG says, or what setlocale returned. Returns the name of the
 * category's locale, with NULL for the present one; valid until the next call. NULL if there is no
 * such category or locale; then nothing changes. */
char *setlocale(int category, const char *name);

/* How numbers and money are written: as in C. The result must not be changed. */
struct lconv *localeconv(void);

/* A locale whose categories in the mask are as `name` says (as in setlocale), and the others as in
 * base, or C if base is 0. base becomes the result, or is unchanged on failure: 0 with EINVAL for a
 * wrong mask, ENOENT for an unknown name. freelocale ends it. */
locale_t newlocale(int mask, const char *name, locale_t base);
locale_t duplocale(locale_t locale);
void freelocale(locale_t locale);

/* Makes a locale that of the calling thread, in place of what setlocale has set; LC_GLOBAL_LOCALE
 * ends that, 0 changes nothing. Returns what it was before. */
locale_t uselocale(locale_t locale);
