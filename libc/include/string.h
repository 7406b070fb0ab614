/* Strings and blocks of bytes. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stddef.h>
#include <strings.h>

void *memccpy(void *restrict to, const void *restrict from, int stop, size_t size);
void *memchr(const void *block, int byte, size_t size);
int memcmp(const void *a, const void *b, size_t size);
void *memcpy(void *restrict to, const void *restrict from, size_t size);
void *memmem(const void *block, size_t size, const void *part, size_t part_size);
void *memmove(void *to, const void *from, size_t size);
void *mempcpy(void *restrict to, const void *restrict from, size_t size);
void *memrchr(const void *block, int byte, size_t size);
void *memset(void *block, int byte, size_t size);
char *stpcpy(char *restrict to, const char *restrict from);
char *stpncpy(char *restrict to, const char *restrict from, size_t size);
char *strcat(char *restrict to, const char *restrict from);
char *strchr(const char *text, int c);
char *strchrnul(const char *text, int c);
int strcmp(const char *a, const char *b);
int strcoll(const char *a, const char *b);
int strcoll_l(const char *a, const char *b, locale_t locale);
char *strcpy(char *restrict to, const char *restrict from);
size_t strcspn(const char *text, const char *stop);
char *strdup(const char *text) __attribute__((malloc));
char *strndup(const char *text, size_t size) __attribute__((malloc));
char *strerror(int number);
char *strerror_l(int number, locale_t locale);
int strerror_r(int number, char *buf, size_t size);
const char *strerrorname_np(int number);
size_t strlcat(char *restrict to, const char *restrict from, size_t size);
size_t strlcpy(char *restrict to, const char *restrict from, size_t size);
size_t strlen(const char *text);
char *strncat(char *restrict to, const char *restrict from, size_t size);
int strncmp(const char *a, const char *b, size_t size);
char *strncpy(char *restrict to, const char *restrict from, size_t size);
size_t strnlen(const char *text, size_t size);
char *strpbrk(const char *text, const char *stop);
char *strrchr(const char *text, int c);
char *strsep(char **restrict rest, const char *restrict separators);
char *strsignal(int signal);
const char *sigabbrev_np(int signal);
size_t strspn(const char *text, const char *accept);
char *strstr(const char *text, const char *part);
char *strcasestr(const char *text, const char *part);
char *strtok(char *restrict text, const char *restrict separators);
char *strtok_r(char *restrict text, const char *restrict separators, char **restrict rest);
int strverscmp(const char *a, const char *b);
size_t strxfrm(char *restrict to, const char *restrict from, size_t size);
size_t strxfrm_l(char *restrict to, const char *restrict from, size_t size, locale_t locale);
void explicit_bzero(void *block, size_t size);
