/* Numbers from text: strtol and its family in all bases, strtod to the last bit, sscanf. */
/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static uint64_t state = 7;

static unsigned draw(unsigned below)
{
    state = state * 6364136223846793005u + 1442695040888963407u;
    return (unsigned)(state >> 33) % below;
}

#define INTEGER(function, text, base)                                         \
    do {                                                                      \
        char *end = NULL;                                                     \
        errno = 0;                                                            \
        long long value = (long long)function(text, &end, base);              \
        printf(#function " \"%s\" %d: %lld %d errno %d\n", text, base, value, \
               errno == EINVAL ? -1 : (int)(end - text), errno);              \
    } while (0)

static void integers(void)
{
    static const char *const texts[] = {"",
                                        " ",
                                        "0",
                                        "-0",
                                        "+0",
                                        "1",
                                        "-1",
                                        "+1",
                                        "  42",
                                        "\t\n\v\f\r 42x",
                                        "42abc",
                                        "0x",
                                        "0x1f",
                                        "0X1Fg",
                                        "-0x10",
                                        "010",
                                        "08",
                                        "019",
                                        "zz",
                                        "Zz",
                                        "7fffffff",
                                        "2147483647",
                                        "2147483648",
                                        "-2147483648",
                                        "-2147483649",
                                        "4294967295",
                                        "4294967296",
                                        "9223372036854775807",
                                        "9223372036854775808",
                                        "-9223372036854775808",
                                        "-9223372036854775809",
                                        "18446744073709551615",
                                        "18446744073709551616",
                                        "-18446744073709551615",
                                        "-18446744073709551616",
                                        "99999999999999999999999999",
                                        "-99999999999999999999999999",
                                        "- 1",
                                        "+-1",
                                        "--1",
                                        "0x-1",
                                        "1e5",
                                        "1.5",
                                        "x",
                                        "0xg",
                                        "1_000",
                                        "1,000",
                                        "\2401",
                                        "00000000000000000000000000000000000012"};
    static const int bases[] = {0, 2, 3, 8, 10, 16, 35, 36, 1, 37, -1};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        for (size_t j = 0; j < sizeof bases / sizeof *bases; j++) {
            INTEGER(strtol, texts[i], bases[j]);
            INTEGER(strtoul, texts[i], bases[j]);
            INTEGER(strtoll, texts[i], bases[j]);
            INTEGER(strtoull, texts[i], bases[j]);
        }
        printf("ato: %d %ld %lld\n", strlen(texts[i]) < 10 ? atoi(texts[i]) : 0, atol(texts[i]),
               atoll(texts[i]));
    }
}

static void floating(const char *text)
{
    char *end;
    uint64_t bits;
    uint32_t small_bits;
    errno = 0;
    double number = strtod(text, &end);
    int error = errno;
    memcpy(&bits, &number, sizeof bits);
    if (number != number)
        bits = 0x7ff8000000000000; /* the rest of a NaN is nobody's promise */
    printf("strtod \"%s\": %016" PRIx64 " %d errno %d", text, bits, (int)(end - text), error);
    errno = 0;
    float small = strtof(text, &end);
    memcpy(&small_bits, &small, sizeof small_bits);
    if (small != small)
        small_bits = 0x7fc00000;
    printf(" strtof: %08" PRIx32 " %d errno %d\n", small_bits, (int)(end - text), errno);
}

/* Long: for its table. */
static void check_floating(void)
{
    static const char *const texts[] = {"",
                                        " ",
                                        "0",
                                        "-0",
                                        "+0.0",
                                        ".",
                                        ".5",
                                        "5.",
                                        "-.5e1",
                                        "1e",
                                        "1e+",
                                        "1e-",
                                        "1e5",
                                        "1E5",
                                        "1e+5",
                                        "1e-5",
                                        "e5",
                                        "1.5.5",
                                        "inf",
                                        "-INF",
                                        "infinity",
                                        "Infinityx",
                                        "infinit",
                                        "nan",
                                        "-nan",
                                        "NaN(123)",
                                        "nan(",
                                        "nan(12",
                                        "nan(x_1)y",
                                        "  1.5",
                                        "0x1p3",
                                        "0x1.8p1",
                                        "0x.8p1",
                                        "0x1",
                                        "0x",
                                        "0xp1",
                                        "0x1p",
                                        "0x1.fffffffffffff8p0",
                                        "0x1.fffffffffffff7p0",
                                        "0x1p-1074",
                                        "0x1p-1075",
                                        "0x1.8p-1075",
                                        "0x1p1023",
                                        "0x1p1024",
                                        "0x.0000000000000000000000000001p100",
                                        "1e308",
                                        "1.7976931348623157e308",
                                        "1.7976931348623158e308",
                                        "1.7976931348623159e308",
                                        "1e309",
                                        "-1e309",
                                        "1e999999999999999999",
                                        "1e-999999999999999999",
                                        "4.9e-324",
                                        "2.4703282292062327e-324",
                                        "2.4703282292062328e-324",
                                        "2e-324",
                                        "1e-400",
                                        "2.2250738585072014e-308",
                                        "2.2250738585072011e-308",
                                        "9007199254740993",
                                        "9007199254740992.9999999999999999999999",
                                        "9007199254740993.0000000000000000001",
                                        "0.1",
                                        "0.3",
                                        "123456789012345678901234567890",
                                        "1.00000005960464477539062500000000000000001",
                                        "1.000000059604644775390625",
                                        "3.4028235e38",
                                        "3.4028236e38",
                                        "1.4e-45",
                                        "0.7e-45",
                                        "000000000000000000000000001.5",
                                        "0e99999",
                                        "0x0p99999",
                                        "1e23",
                                        "8.5e22",
                                        "6.0221e23",
                                        "5e-324",
                                        "1,5",
                                        "1_5",
                                        "0.000000000000000000000000000000000000000000000000000001"};
    char text[200];
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        floating(texts[i]);
    for (int i = 0; i < 10000; i++) {
        int n = 0, digits = 1 + (int)draw(draw(10) ? 20 : 60),
            point = (int)draw((unsigned)digits + 1);
        for (int j = 0; j < digits; j++) {
            if (j == point)
                text[n++] = '.';
            text[n++] = (char)('0' + draw(10));
        }
        n += sprintf(text + n, "e%d", (int)draw(draw(2) ? 60 : 700) - (int)draw(350));
        floating(text);
    }
    for (int i = 0; i < 2000; i++) {
        sprintf(text, "0x%x.%08x%08xp%d", draw(16), draw(0x7fffffff), draw(0x7fffffff),
                (int)draw(2200) - 1100);
        floating(text);
    }
}

static void scan(const char *text, const char *format)
{
    int a = -7, b = -7, n;
    char word[50] = "-", c = '-';
    double x = -7;
    if (strstr(format, "%s") || strstr(format, "["))
        n = sscanf(text, format, word, &a);
    else if (strstr(format, "%lf"))
        n = sscanf(text, format, &x, &a);
    else if (strstr(format, "%c"))
        n = sscanf(text, format, &c, &a);
    else
        n = sscanf(text, format, &a, &b);
    printf("sscanf \"%s\" \"%s\": %d, %d %d %s %c %.17g\n", text, format, n, a, b, word, c, x);
}

static void check_scan(void)
{
    static const char *const texts[] = {
        "",         " ",        "12 34",      "12,34",    "-5+6",   "0x1f 010", "abc 5", "abc5",
        "1.5e2 7",  "  x 9",    "12345678 9", "+",        "- 5",    "word, 3",  "nan 4", "0x 5",
        "1e5x",     "1.5abc 3", "12kg 4",     "0x1.8p1z", "1e5e6",  "1.2.3 4",  "infx",  "-inf 3",
        "infini 3", "1.5e-3+2", ".5 .5",      ". 5",      "+.5e1x", "0xep1 3",  "1p3"};
    static const char *const formats[] = {
        "%d %d",  "%d%d",  "%d,%d", "%i %i",      "%x %x",       "%o %d",     "%u%n",   "%2d%3d",
        "%*d %d", "%s %d", "%3s%d", "%49[a-z]%d", "%49[^,], %d", "%49[]a]%d", "%lf %d", "%lf%n",
        "%c%d",   " %c%d", "%c %d", "%% %d",      "x%d",         "%hhd %d",   "%d %n"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        for (size_t j = 0; j < sizeof formats / sizeof *formats; j++)
            if (!strstr(formats[j], "hh"))
                scan(texts[i], formats[j]);
}

int main(void)
{
    integers();
    check_floating();
    check_scan();
    div_t d = div(-7, 2);
    ldiv_t l = ldiv(7, -2);
    printf("%d %d %ld %ld %d %ld\n", d.quot, d.rem, l.quot, l.rem, abs(-5), labs(-6));
    return 0;
}
