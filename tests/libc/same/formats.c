/* printf: thousands of formats, chosen by a fixed seed, of integers, floating point and text. */
/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <float.h>
#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

static uint64_t state = 1;

static uint64_t draw(void)
{
    state = state * 6364136223846793005u + 1442695040888963407u;
    return state >> 33 ^ state << 20;
}

#define PICK(list) (list)[draw() % (sizeof(list) / sizeof *(list))]

static const char *const widths[] = {"", "", "1", "5", "12", "30"};
static const char *const precisions[] = {"", "", ".", ".0", ".1", ".5", ".20"};
static char format[64], result[2000];

/* A format of random flags, width and precision. */
static void make_format(const char *length, char conversion)
{
    char *at = format;
    *at++ = '%';
    for (const char *flag = "-+ #0"; *flag; flag++)
        if (draw() % 3 == 0)
            *at++ = *flag;
    sprintf(at, "%s%s%s%c", PICK(widths), PICK(precisions), length, conversion);
}

#define SHOW(...)                                                     \
    do {                                                              \
        int n = snprintf(result, sizeof result, format, __VA_ARGS__); \
        printf("%s|%s|%d\n", format, result, n);                      \
    } while (0)

static void integers(void)
{
    static const uint64_t values[] = {0,
                                      1,
                                      7,
                                      8,
                                      9,
                                      10,
                                      127,
                                      128,
                                      255,
                                      256,
                                      32767,
                                      32768,
                                      65535,
                                      1000000,
                                      INT32_MAX,
                                      2147483648u,
                                      UINT32_MAX,
                                      INT64_MAX,
                                      (uint64_t)INT64_MAX + 1,
                                      UINT64_MAX,
                                      -1,
                                      -8,
                                      -128,
                                      -100000};
    for (int i = 0; i < 20000; i++) {
        uint64_t value = draw() % 2 ? PICK(values) : draw() >> draw() % 60;
        char conversion = PICK("diuoxX");
        if (!conversion)
            conversion = 'd';
        switch (draw() % 8) {
        case 0:
            make_format("hh", conversion);
            SHOW((int)value);
            break;
        case 1:
            make_format("h", conversion);
            SHOW((int)value);
            break;
        case 2:
            make_format("l", conversion);
            SHOW((long)value);
            break;
        case 3:
            make_format("ll", conversion);
            SHOW((long long)value);
            break;
        case 4:
            make_format("j", conversion);
            SHOW((intmax_t)value);
            break;
        case 5:
            make_format("z", conversion);
            SHOW((size_t)value);
            break;
        case 6:
            make_format("t", conversion);
            SHOW((ptrdiff_t)value);
            break;
        default: make_format("", conversion); SHOW((int)value);
        }
    }
}

static double draw_double(void)
{
    static const double values[] = {0,
                                    -0.0,
                                    1,
                                    -1,
                                    0.5,
                                    1.5,
                                    2.5,
                                    0.1,
                                    0.05,
                                    9.995,
                                    99.99999,
                                    123456789,
                                    1e15,
                                    1e16,
                                    1e17,
                                    1e21,
                                    1e22,
                                    1e23,
                                    1e100,
                                    1e-5,
                                    1e-4,
                                    9.9999e-5,
                                    123456,
                                    999998.5,
                                    1234567,
                                    DBL_MAX,
                                    DBL_MIN,
                                    DBL_MIN / 2,
                                    DBL_TRUE_MIN,
                                    DBL_EPSILON,
                                    INFINITY,
                                    -INFINITY,
                                    NAN,
                                    3.14159265358979,
                                    1.0 / 3};
    union {
        uint64_t bits;
        double number;
    } any = {draw() << 32 ^ draw()};
    switch (draw() % 4) {
    case 0: return PICK(values);
    case 1: return any.number == any.number ? any.number : 1;
    case 2: return (double)(int64_t)(draw() % 2000001 - 1000000) / 1000;
    default: return (double)(draw() % 100000) / (double)(draw() % 1000 + 1);
    }
}

static void floating(void)
{
    for (int i = 0; i < 20000; i++) {
        char conversion = PICK("eEfFgGaA");
        if (!conversion)
            conversion = 'g';
        double number = draw_double();
        make_format("", conversion);
        SHOW(number);
    }
    for (int i = 0; i < 3000; i++) {
        char conversion = "eEfgG"[draw() % 5];
        long double number = draw_double();
        make_format("L", conversion);
        SHOW(number * (draw() % 2 ? 1 : 1.0000000000000000001L));
    }
    for (int precision = 0; precision < 60; precision++) {
        sprintf(format, "%%.%df", precision);
        SHOW(0.1);
        SHOW(1e22 / 3);
        sprintf(format, "%%.%de", precision);
        SHOW(DBL_TRUE_MIN);
        SHOW(DBL_MAX);
        sprintf(format, "%%.%dg", precision);
        SHOW(2.0 / 3);
        SHOW(1e300);
    }
    printf("%.1100f\n%.800e\n", DBL_TRUE_MIN, DBL_TRUE_MIN);
}

static void texts(void)
{
    static const char *const words[] = {
        "", "a", "word", "two words", "a rather long text that is cut", "\xff\xfe", "%d"};
    for (int i = 0; i < 2000; i++) {
        char *at = format;
        at += sprintf(at, "%%%s%s%s", draw() % 2 ? "-" : "", PICK(widths), PICK(precisions));
        sprintf(at, "s");
        SHOW(PICK(words));
    }
    for (int i = 0; i < 200; i++) {
        sprintf(format, "%%%s%sc", draw() % 2 ? "-" : "", PICK(widths));
        SHOW((int)(draw() % 255 + 1));
        sprintf(format, "%%%s%sp", draw() % 2 ? "-" : "", PICK(widths));
        SHOW((void *)(draw() >> draw() % 60));
        strcpy(format, "%*d");
        SHOW((int)(draw() % 40) - 20, 12);
        strcpy(format, "%.*f");
        SHOW((int)(draw() % 20) - 5, 1.23456789);
        strcpy(format, "%-*.*s");
        SHOW((int)(draw() % 40) - 20, (int)(draw() % 20) - 5, "some words");
    }
    strcpy(format, "%p");
    SHOW(NULL);
    strcpy(format, "%s");
    SHOW((char *)NULL);
    errno = ENOENT;
    strcpy(format, "%m %d%% %c");
    SHOW(5, 'x');
    int at = -1;
    strcpy(format, "abc%n %d");
    SHOW(&at, 5);
    printf("%d\n", at);
    for (size_t room = 0; room < 12; room++) {
        memset(result, '#', 12);
        int n = snprintf(result, room, "%d-%s", 12345, "text");
        printf("%zu: %d %.12s\n", room, n, room ? result : "");
    }
}

int main(void)
{
    integers();
    floating();
    texts();
    return 0;
}
