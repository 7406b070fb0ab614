/* printf and scanf letters for the types of stdint.h, and functions on intmax_t. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stddef.h>
#include <stdint.h>

#define PRId8   "hhd"
#define PRId16  "hd"
#define PRId32  "d"
#define PRId64  "ld"
#define PRIdMAX "ld"
#define PRIdPTR "ld"
#define PRIi8   "hhi"
#define PRIi16  "hi"
#define PRIi32  "i"
#define PRIi64  "li"
#define PRIiMAX "li"
#define PRIiPTR "li"
#define PRIu8   "hhu"
#define PRIu16  "hu"
#define PRIu32  "u"
#define PRIu64  "lu"
#define PRIuMAX "lu"
#define PRIuPTR "lu"
#define PRIo8   "hho"
#define PRIo16  "ho"
#define PRIo32  "o"
#define PRIo64  "lo"
#define PRIoMAX "lo"
#define PRIx8   "hhx"
#define PRIx16  "hx"
#define PRIx32  "x"
#define PRIx64  "lx"
#define PRIxMAX "lx"
#define PRIxPTR "lx"
#define PRIX8   "hhX"
#define PRIX16  "hX"
#define PRIX32  "X"
#define PRIX64  "lX"
#define PRIXMAX "lX"

#define SCNd32  "d"
#define SCNd64  "ld"
#define SCNdMAX "ld"
#define SCNi64  "li"
#define SCNu32  "u"
#define SCNu64  "lu"
#define SCNuMAX "lu"
#define SCNx32  "x"
#define SCNx64  "lx"
#define SCNxMAX "lx"

intmax_t strtoimax(const char *text, char **end, int base);
uintmax_t strtoumax(const char *text, char **end, int base);
intmax_t wcstoimax(const wchar_t *restrict text, wchar_t **restrict end, int base);
uintmax_t wcstoumax(const wchar_t *restrict text, wchar_t **restrict end, int base);
intmax_t imaxabs(intmax_t n);
