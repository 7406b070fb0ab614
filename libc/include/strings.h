/* The string functions that came from BSD. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stddef.h>

typedef struct locale_kind *locale_t;

int bcmp(const void *a, const void *b, size_t size);
void bcopy(const void *from, void *to, size_t size);
void bzero(void *block, size_t size);
int ffs(int n);
int ffsl(long n);
int ffsll(long long n);
char *index(const char *text, int c);
char *rindex(const char *text, int c);
int strcasecmp(const char *a, const char *b);
int strncasecmp(const char *a, const char *b, size_t size);
int strcasecmp_l(const char *a, const char *b, locale_t locale);
int strncasecmp_l(const char *a, const char *b, size_t size, locale_t locale);
