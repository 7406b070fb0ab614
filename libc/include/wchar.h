/* Wide characters: a wchar_t is the number of a character in Unicode. In bytes it is as LC_CTYPE of
 * the locale says (locale.h): UTF-8, or in the C locale one byte.
 *
 * Functions with an `mbstate_t *` keep there what they have read of a character whose rest is to
 * come; NULL stands for a state of the function's own. They fail with EILSEQ for bytes, or a wide
 * character, that the locale has no form for: surrogates, overlong forms, numbers above 0x10ffff.
 */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <wctype.h>

typedef struct {
    unsigned int __left;  /* bytes of the character that are to come; above them, of how many */
    unsigned int __value; /* its bits so far */
} mbstate_t;

struct tm;

/* Bytes to wide characters and back. */
wint_t btowc(int byte);
int wctob(wint_t c);
int mbsinit(const mbstate_t *state);
size_t mbrlen(const char *restrict bytes, size_t n, mbstate_t *restrict state);
size_t mbrtowc(wchar_t *restrict c, const char *restrict bytes, size_t n,
               mbstate_t *restrict state);
size_t wcrtomb(char *restrict bytes, wchar_t c, mbstate_t *restrict state);
size_t mbsrtowcs(wchar_t *restrict to, const char **restrict from, size_t n,
                 mbstate_t *restrict state);
size_t mbsnrtowcs(wchar_t *restrict to, const char **restrict from, size_t bytes, size_t n,
                  mbstate_t *restrict state);
size_t wcsrtombs(char *restrict to, const wchar_t **restrict from, size_t n,
                 mbstate_t *restrict state);
size_t wcsnrtombs(char *restrict to, const wchar_t **restrict from, size_t characters, size_t n,
                  mbstate_t *restrict state);

/* Columns on a terminal: 2 for the wide characters of East Asia, 0 for marks that are drawn on the
 * character before them; -1 for what is not printed. */
int wcwidth(wchar_t c);
int wcswidth(const wchar_t *text, size_t n);

/* string.h's functions for wide characters. */
size_t wcslen(const wchar_t *text);
size_t wcsnlen(const wchar_t *text, size_t most);
wchar_t *wcscpy(wchar_t *restrict to, const wchar_t *restrict from);
wchar_t *wcsncpy(wchar_t *restrict to, const wchar_t *restrict from, size_t n);
wchar_t *wcpcpy(wchar_t *restrict to, const wchar_t *restrict from);
wchar_t *wcpncpy(wchar_t *restrict to, const wchar_t *restrict from, size_t n);
wchar_t *wcscat(wchar_t *restrict to, const wchar_t *restrict from);
wchar_t *wcsncat(wchar_t *restrict to, const wchar_t *restrict from, size_t n);
size_t wcslcpy(wchar_t *restrict to, const wchar_t *restrict from, size_t n);
size_t wcslcat(wchar_t *restrict to, const wchar_t *restrict from, size_t n);
wchar_t *wcsdup(const wchar_t *text) __attribute__((malloc));
int wcscmp(const wchar_t *a, const wchar_t *b);
int wcsncmp(const wchar_t *a, const wchar_t *b, size_t n);
int wcscasecmp(const wchar_t *a, const wchar_t *b);
int wcsncasecmp(const wchar_t *a, const wchar_t *b, size_t n);
int wcscasecmp_l(const wchar_t *a, const wchar_t *b, locale_t locale);
int wcsncasecmp_l(const wchar_t *a, const wchar_t *b, size_t n, locale_t locale);
int wcscoll(const wchar_t *a, const wchar_t *b);
int wcscoll_l(const wchar_t *a, const wchar_t *b, locale_t locale);
size_t wcsxfrm(wchar_t *restrict to, const wchar_t *restrict from, size_t n);
size_t wcsxfrm_l(wchar_t *restrict to, const wchar_t *restrict from, size_t n, locale_t locale);
wchar_t *wcschr(const wchar_t *text, wchar_t c);
wchar_t *wcsrchr(const wchar_t *text, wchar_t c);
wchar_t *wcschrnul(const wchar_t *text, wchar_t c);
size_t wcscspn(const wchar_t *text, const wchar_t *stop);
size_t wcsspn(const wchar_t *text, const wchar_t *accept);
wchar_t *wcspbrk(const wchar_t *text, const wchar_t *stop);
wchar_t *wcsstr(const wchar_t *text, const wchar_t *part);
wchar_t *wcstok(wchar_t *restrict text, const wchar_t *restrict separators,
                wchar_t **restrict rest);
wchar_t *wmemchr(const wchar_t *block, wchar_t c, size_t n);
int wmemcmp(const wchar_t *a, const wchar_t *b, size_t n);
wchar_t *wmemcpy(wchar_t *restrict to, const wchar_t *restrict from, size_t n);
wchar_t *wmempcpy(wchar_t *restrict to, const wchar_t *restrict from, size_t n);
wchar_t *wmemmove(wchar_t *to, const wchar_t *from, size_t n);
wchar_t *wmemset(wchar_t *block, wchar_t c, size_t n);

/* Numbers and dates. */
long wcstol(const wchar_t *restrict text, wchar_t **restrict end, int base);
long long wcstoll(const wchar_t *restrict text, wchar_t **restrict end, int base);
unsigned long wcstoul(const wchar_t *restrict text, wchar_t **restrict end, int base);
unsigned long long wcstoull(const wchar_t *restrict text, wchar_t **restrict end, int base);
float wcstof(const wchar_t *restrict text, wchar_t **restrict end);
double wcstod(const wchar_t *restrict text, wchar_t **restrict end);
long double wcstold(const wchar_t *restrict text, wchar_t **restrict end);
size_t wcsftime(wchar_t *restrict text, size_t size, const wchar_t *restrict format,
                const struct tm *restrict tm);

/* Files. Bytes are converted as they are read and written, by the locale of that moment. A program
 * may use these functions and those for bytes on one FILE; fwide only tells, and sets, which came
 * first: above 0 wide, below 0 bytes, 0 neither. */
int fwide(FILE *file, int mode);
wint_t fgetwc(FILE *file);
wint_t getwc(FILE *file);
wint_t getwchar(void);
wint_t ungetwc(wint_t c, FILE *file);
wchar_t *fgetws(wchar_t *restrict line, int size, FILE *restrict file);
wint_t fputwc(wchar_t c, FILE *file);
wint_t putwc(wchar_t c, FILE *file);
wint_t putwchar(wchar_t c);
int fputws(const wchar_t *restrict text, FILE *restrict file);
wint_t fgetwc_unlocked(FILE *file);
wint_t getwc_unlocked(FILE *file);
wint_t getwchar_unlocked(void);
wint_t fputwc_unlocked(wchar_t c, FILE *file);
wint_t putwc_unlocked(wchar_t c, FILE *file);
wint_t putwchar_unlocked(wchar_t c);
int fputws_unlocked(const wchar_t *restrict text, FILE *restrict file);
wchar_t *fgetws_unlocked(wchar_t *restrict line, int size, FILE *restrict file);

/* A file that is written into memory; *text and *size (in wide characters) are valid after fflush
 * or fclose, and the program frees *text. NULL on failure. */
FILE *open_wmemstream(wchar_t **text, size_t *size);

/* Formatted text. swprintf returns -1 if the text does not fit. */
int wprintf(const wchar_t *restrict format, ...);
int fwprintf(FILE *restrict file, const wchar_t *restrict format, ...);
int swprintf(wchar_t *restrict text, size_t size, const wchar_t *restrict format, ...);
int vwprintf(const wchar_t *restrict format, va_list args);
int vfwprintf(FILE *restrict file, const wchar_t *restrict format, va_list args);
int vswprintf(wchar_t *restrict text, size_t size, const wchar_t *restrict format, va_list args);
int wscanf(const wchar_t *restrict format, ...);
int fwscanf(FILE *restrict file, const wchar_t *restrict format, ...);
int swscanf(const wchar_t *restrict text, const wchar_t *restrict format, ...);
int vwscanf(const wchar_t *restrict format, va_list args);
int vfwscanf(FILE *restrict file, const wchar_t *restrict format, va_list args);
int vswscanf(const wchar_t *restrict text, const wchar_t *restrict format, va_list args);
