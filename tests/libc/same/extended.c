/* long double from text and to text: strtold, printf and scanf with L; the middle between two
 * neighbours, which has up to 11,515 digits, and what is one digit beside it. */
/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static uint64_t state = 7;
static int part = 1; /* of the numbers: all, or with an argument every fifth, for QEMU's sake */
static char text[40000];

static uint64_t draw(void)
{
    state = state * 6364136223846793005u + 1442695040888963407u;
    return state >> 11 ^ state << 40;
}

static long double from_parts(uint64_t mantissa, unsigned exponent)
{
    long double value = 0;

    memcpy(&value, &mantissa, 8);
    memcpy((char *)&value + 8, &exponent, 2);
    return value;
}

static void put_bits(long double value)
{
    uint64_t mantissa;
    unsigned short exponent;

    memcpy(&mantissa, &value, 8);
    memcpy(&exponent, (char *)&value + 8, 2);
    if (value != value)
        printf(" nan");
    else
        printf(" %04x:%016llx", exponent, (unsigned long long)mantissa);
}

static void parse(const char *number)
{
    char *end;
    long double scanned = -7;

    errno = 0;
    long double value = strtold(number, &end);
    printf("%.60s:", number);
    put_bits(value);
    printf(" %d errno %d", (int)(end - number), errno);
    errno = 0;
    put_bits(strtod(number, &end));
    printf(" errno %d", errno);
    put_bits(strtof(number, &end));
    if (strlen(number) < 400 && end != number && *end == '\0')
        printf(" %d", sscanf(number, "%Lf", &scanned));
    put_bits(scanned);
    printf("\n");
}

static void some_texts(void)
{
    static const char *const texts[] = {
        "0",
        "-0.0",
        "1",
        "0.1",
        "-1e4932",
        "1.18973149535723176502e4932",
        "1.18973149535723176508575932662800702e4932",
        "1.189731495357231766e4932",
        "1e4933",
        "3.3621031431120935063e-4932",
        "3.6451995318824746025e-4951",
        "1.8225997659412373013e-4951",
        "1.8225997659412373012e-4951",
        "1e-4950",
        "1e-4952",
        "-1e-5000",
        "1e-5001",
        "1e99999999999999999999",
        "1e-99999999999999999999",
        "18446744073709551615",
        "18446744073709551616",
        "18446744073709551617",
        "36893488147419103231",
        "36893488147419103233",
        "0x1p16383",
        "0x1p16384",
        "0xffffffffffffffffp0",
        "0xffffffffffffffff8p0",
        "0xffffffffffffffff7.ffffffffffp0",
        "0x1.ffffffffffffffffp16383",
        "0x1.fffffffffffffffep16383",
        "0x1p-16445",
        "0x1p-16446",
        "0x1.8p-16446",
        "0x3p-16446",
        "0x5p-16446",
        "0x0.00000000000000000000000000000000000001p0",
        "0x1p-16382",
        "0x0.ffffffffffffffffp-16382",
        "0x1p9999999999999999999",
        "0x1p-9999999999999999999",
        "inf",
        "-nan",
        "0x.p1",
        "0x1.8",
        "0x123456789abcdef0123456789abcdefp-50",
        "0x123456789abcdef0800000000000000p-50",
        "0x123456789abcdef1800000000000000000000000000000001p-50",
        "0x123456789abcdef0800000000000000000000000000000001p-50",
    };

    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        parse(texts[i]);
}

static void random_texts(void)
{
    for (int i = 0; i < 4000 / part; i++) {
        int n = 0, digits = 1 + (int)(draw() % 40), point = (int)(draw() % (unsigned)(digits + 1));

        for (int j = 0; j < digits; j++) {
            if (j == point)
                text[n++] = '.';
            text[n++] = (char)('0' + draw() % 10);
        }
        sprintf(text + n, "e%d", (int)(draw() % (i % 2 ? 60 : 10000)) - (i % 2 ? 30 : 5000));
        parse(text);
    }
    for (int i = 0; i < 1000 / part; i++) {
        sprintf(text, "0x%x.%llx%llxp%d", (unsigned)(draw() % 16), (unsigned long long)draw(),
                (unsigned long long)draw(), (int)(draw() % 33000) - 16500);
        parse(text);
    }
}

/* The middle between a number and the next is the number with 65 bits: it is printed exactly as the
 * sum of two numbers that a printf can print, by adding their decimal digits. */
static void middles(void)
{
    static char half[20000];

    for (int i = 0; i < 60; i += part) {
        unsigned exponent = i < 20 ? (unsigned)i : (unsigned)(draw() % 32766);
        uint64_t mantissa = draw() << 20 ^ draw();
        mantissa = exponent ? mantissa | 1ULL << 63 : mantissa >> 1;
        long double value = from_parts(mantissa, exponent);
        long double low = from_parts(exponent ? 1ULL << 63 : 1, exponent > 64 ? exponent - 64 : 1);
        if (exponent <= 64)
            continue; /* half of the last bit is no number of its own */
        int n = sprintf(text, "%.16600Lf", value);
        sprintf(half, "%*.16600Lf", n, low);
        for (int at = n - 1, carry = 0; at >= 0; at--) {
            if (text[at] == '.')
                continue;
            int sum = text[at] - '0' + (half[at] == ' ' ? 0 : half[at] - '0') + carry;
            text[at] = (char)('0' + sum % 10);
            carry = sum / 10;
        }
        parse(text);
        strcat(text, "1");
        parse(text);
        n = (int)strlen(text) - 2;
        while (text[n] == '0' || text[n] == '.')
            n--;
        text[n]--;
        parse(text);
    }
}

static void formats(void)
{
    static const char *const all[] = {
        "%Lf",     "%Le",     "%Lg",    "%La",     "%.0Lf",   "%.0Le",     "%.0Lg",
        "%.0La",   "%.3Lf",   "%.3Le",  "%.3Lg",   "%.3La",   "%#.0Lf",    "%#.0La",
        "%+.20Lf", "% .30Le", "%.40Lg", "%.16La",  "%30.2Lf", "%-30.2Le|", "%030.5LE",
        "%LG",     "%LA",     "%040La", "%.100Lf",
    };

    for (int i = 0; i < 400 / part; i++) {
        uint64_t mantissa = draw() << 20 ^ draw();
        unsigned exponent =
            i % 4 ? 16383 + (unsigned)(draw() % 200) - 100 : (unsigned)draw() % 32767;
        if (i % 3 == 0)
            mantissa &= ~0ULL << (draw() % 64);
        long double value = from_parts(exponent ? mantissa | 1ULL << 63 : mantissa >> 1, exponent);
        for (size_t k = 0; k < sizeof all / sizeof *all; k++) {
            int n = sprintf(text, all[k], i % 2 ? -value : value);
            unsigned hash = 0;
            for (char *at = text; *at; at++)
                hash = hash * 31 + (unsigned char)*at;
            printf("%s: %d %08x %.100s\n", all[k], n, hash, text);
        }
    }
}

int main(int argc, char **argv)
{
    (void)argv;
    part = argc > 1 ? 5 : 1;
    some_texts();
    random_texts();
    middles();
    formats();
    return 0;
}
