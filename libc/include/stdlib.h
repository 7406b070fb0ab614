/* Memory, numbers from text, sorting, the environment, and the end of a program. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <alloca.h>
#include <stddef.h>
#include <stdint.h>

/* Of locale.h. */
typedef struct locale_kind *locale_t;

#define EXIT_SUCCESS 0
#define EXIT_FAILURE 1
#define RAND_MAX     0x7fffffff
#define MB_CUR_MAX   (__mb_cur_max())

typedef struct {
    int quot, rem;
} div_t;
typedef struct {
    long quot, rem;
} ldiv_t;
typedef struct {
    long long quot, rem;
} lldiv_t;

void *malloc(size_t size) __attribute__((malloc));
void *calloc(size_t n, size_t size) __attribute__((malloc));
void *realloc(void *block, size_t size);
void *reallocarray(void *block, size_t n, size_t size);
void *aligned_alloc(size_t alignment, size_t size) __attribute__((malloc));
int posix_memalign(void **block, size_t alignment, size_t size);
void free(void *block);

_Noreturn void abort(void);
_Noreturn void exit(int status);
_Noreturn void _Exit(int status);
_Noreturn void quick_exit(int status);
int atexit(void (*handler)(void));
int at_quick_exit(void (*handler)(void));
int system(const char *command);

char *getenv(const char *name);
char *secure_getenv(const char *name);
int setenv(const char *name, const char *value, int overwrite);
int unsetenv(const char *name);
int putenv(char *entry);
int clearenv(void);

int atoi(const char *text);
long atol(const char *text);
long long atoll(const char *text);
double atof(const char *text);
long strtol(const char *restrict text, char **restrict end, int base);
long long strtoll(const char *restrict text, char **restrict end, int base);
unsigned long strtoul(const char *restrict text, char **restrict end, int base);
unsigned long long strtoull(const char *restrict text, char **restrict end, int base);
float strtof(const char *restrict text, char **restrict end);
double strtod(const char *restrict text, char **restrict end);
long double strtold(const char *restrict text, char **restrict end);
long strtol_l(const char *restrict text, char **restrict end, int base, locale_t locale);
long long strtoll_l(const char *restrict text, char **restrict end, int base, locale_t locale);
unsigned long strtoul_l(const char *restrict text, char **restrict end, int base, locale_t locale);
unsigned long long strtoull_l(const char *restrict text, char **restrict end, int base,
                              locale_t locale);
float strtof_l(const char *restrict text, char **restrict end, locale_t locale);
double strtod_l(const char *restrict text, char **restrict end, locale_t locale);
long double strtold_l(const char *restrict text, char **restrict end, locale_t locale);

int abs(int n);
long labs(long n);
long long llabs(long long n);
div_t div(int n, int by);
ldiv_t ldiv(long n, long by);
lldiv_t lldiv(long long n, long long by);

void qsort(void *base, size_t n, size_t size, int (*compare)(const void *, const void *));
void qsort_r(void *base, size_t n, size_t size, int (*compare)(const void *, const void *, void *),
             void *context);
void *bsearch(const void *key, const void *base, size_t n, size_t size,
              int (*compare)(const void *, const void *));

int rand(void);
void srand(unsigned int seed);
int rand_r(unsigned int *seed);

/* random's numbers come from a state of 8, 32, 64, 128 or 256 bytes; the more, the better.
 * initstate makes one of the caller's memory and seeds it, setstate goes on with one that initstate
 * made; both return the one before, or NULL with EINVAL. The functions ending in _r do so with data
 * that is the caller's, and was 0 before initstate_r. The numbers are glibc's. */
struct random_data {
    int32_t *fptr, *rptr; /* the two numbers that are added next */
    int32_t *state;
    int rand_type, rand_deg, rand_sep;
    int32_t *end_ptr;
};
long random(void);
void srandom(unsigned int seed);
char *initstate(unsigned int seed, char *memory, size_t size);
char *setstate(char *memory);
int random_r(struct random_data *data, int32_t *result);
int srandom_r(unsigned int seed, struct random_data *data);
int initstate_r(unsigned int seed, char *memory, size_t size, struct random_data *data);
int setstate_r(char *memory, struct random_data *data);

/* Numbers of a generator of 48 bits: from 0 to 1 without 1 (drand48, erand48), from 0 to 2^31 - 1
 * (lrand48, nrand48), from -2^31 to 2^31 - 1 (mrand48, jrand48). Three of them have the caller's
 * state. */
double drand48(void);
double erand48(unsigned short state[3]);
long lrand48(void);
long nrand48(unsigned short state[3]);
long mrand48(void);
long jrand48(unsigned short state[3]);
void srand48(long seed);
unsigned short *seed48(unsigned short state[3]);
void lcong48(unsigned short parameters[7]);

char *realpath(const char *restrict path, char *restrict resolved);
char *mkdtemp(char *template);
int mkstemp(char *template);
int mkostemp(char *template, int flags);
int mkstemps(char *template, int suffix_length);

/* Characters in bytes, by the locale (locale.h); wchar.h tells more. */
size_t __mb_cur_max(void);
int mblen(const char *bytes, size_t n);
int mbtowc(wchar_t *restrict c, const char *restrict bytes, size_t n);
int wctomb(char *bytes, wchar_t c);
size_t mbstowcs(wchar_t *restrict to, const char *restrict from, size_t n);
size_t wcstombs(char *restrict to, const wchar_t *restrict from, size_t n);
int getloadavg(double loads[], int n);
