/* strtod: the double that is nearest to a decimal number, exactly, by integers of any length.
 *
 * The digits are an integer N times a power of ten. If the power is positive, N is multiplied by
 * it; otherwise it becomes a divisor M. So the value is N / M, without any rounding. A long
 * division by bits then gives as many bits of the quotient as the type has, and the remainder tells
 * how to round (a half is rounded to even). */
/* SPDX-License-Identifier: MIT */
#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include "syscall.h"

#define MAX_DIGITS 800 /* of the digits after that, it only matters whether one is not 0 */
#define WORDS      160 /* of 32 bits: enough for 10^1150 and 1200 bits more */

struct big {
    int n;
    uint32_t words[WORDS]; /* the least significant first; no zero word at the end */
};

struct format {
    int bits;        /* of the mantissa */
    int least, most; /* the smallest and the largest exponent of the lowest bit */
};

static const struct format single = {24, -149, 104}, dbl = {53, -1074, 971};

static void big_multiply_add(struct big *b, uint32_t factor, uint32_t more)
{
    uint64_t carry = more;

    for (int i = 0; i < b->n; i++) {
        carry += (uint64_t)b->words[i] * factor;
        b->words[i] = (uint32_t)carry;
        carry >>= 32;
    }
    if (carry)
        b->words[b->n++] = (uint32_t)carry;
}

static void big_shift_left(struct big *b, int bits)
{
    int words = bits / 32;

    memmove(b->words + words, b->words, (size_t)b->n * sizeof(b->words[0]));
    memset(b->words, 0, (size_t)words * sizeof(b->words[0]));
    b->n += words;
    if (bits % 32)
        big_multiply_add(b, 1u << bits % 32, 0);
}

static int big_bits(const struct big *b)
{
    return b->n ? b->n * 32 - __builtin_clz(b->words[b->n - 1]) : 0;
}

static int big_compare(const struct big *a, const struct big *b)
{
    if (a->n != b->n)
        return a->n < b->n ? -1 : 1;
    for (int i = a->n - 1; i >= 0; i--)
        if (a->words[i] != b->words[i])
            return a->words[i] < b->words[i] ? -1 : 1;
    return 0;
}

static void big_subtract(struct big *a, const struct big *b)
{
    int64_t carry = 0;

    for (int i = 0; i < a->n; i++) {
        carry += (int64_t)a->words[i] - (i < b->n ? b->words[i] : 0);
        a->words[i] = (uint32_t)carry;
        carry >>= 32;
    }
    while (a->n > 0 && a->words[a->n - 1] == 0)
        a->n--;
}

/* mantissa * 2^exponent, before rounding. `rest` says where the value is between that and the next
 * number: 0: it is exact; 1: below the middle; 2: in the middle; 3: above it. */
struct rounded {
    uint64_t mantissa;
    int exponent;
    int rest;
};

static struct rounded divide(struct big *n, struct big *m, const struct format *format)
{
    struct rounded r = {0, 0, 0};
    /* The value lies between 2^(exponent - 1) and 2^(exponent + 1). */
    int exponent = big_bits(n) - big_bits(m);

    if (exponent > 0)
        big_shift_left(m, exponent);
    else
        big_shift_left(n, -exponent);
    if (big_compare(n, m) < 0) {
        big_shift_left(n, 1);
        exponent--;
    }
    int bits = format->bits;
    if (exponent - bits + 1 < format->least)
        bits = exponent + 1 - format->least;
    r.exponent = exponent - bits + 1;
    if (bits < 0) {
        r.rest = 1;
        r.exponent = format->least;
        return r;
    }
    for (int i = 0; i < bits; i++) {
        int bit = big_compare(n, m) >= 0;

        if (bit)
            big_subtract(n, m);
        r.mantissa = r.mantissa << 1 | (uint64_t)bit;
        big_shift_left(n, 1);
    }
    int order = big_compare(n, m);
    r.rest = n->n == 0 ? 0 : order < 0 ? 1 : order == 0 ? 2 : 3;
    return r;
}

/* A decimal number in text: its digits without leading zeros, and a power of ten. */
struct decimal {
    char digits[MAX_DIGITS + 1];
    int n;
    long exponent;
    int negative;
};

static const char *parse_exponent(const char *at, long *exponent)
{
    const char *digits = at + 1 + (at[1] == '-' || at[1] == '+');
    long value = 0;

    if (!isdigit(*digits))
        return at;
    for (; isdigit(*digits); digits++)
        if (value < 100000)
            value = value * 10 + *digits - '0';
    *exponent += at[1] == '-' ? -value : value;
    return digits;
}

/* Parses digits, point and exponent; NULL if there is no digit. */
static const char *parse_decimal(const char *at, struct decimal *d)
{
    int any = 0, point = 0, sticky = 0;

    d->n = 0;
    d->exponent = 0;
    for (;; at++) {
        if (*at == '.' && !point) {
            point = 1;
            continue;
        }
        if (!isdigit(*at))
            break;
        any = 1;
        if (point)
            d->exponent--;
        if (d->n < MAX_DIGITS && (d->n > 0 || *at != '0')) {
            d->digits[d->n++] = *at;
        } else if (d->n == MAX_DIGITS) {
            sticky |= *at != '0';
            d->exponent++;
        }
    }
    if (!any)
        return NULL;
    if (sticky)
        d->digits[MAX_DIGITS - 1] |= 1; /* '8' becomes '9': it is enough that it is not exact */
    return *at == 'e' || *at == 'E' ? parse_exponent(at, &d->exponent) : at;
}

static struct rounded convert_decimal(const struct decimal *d, const struct format *format)
{
    struct big n = {0}, m = {1, {1}};
    struct rounded nothing = {0, format->least, 1}, huge = {UINT64_MAX, INT_MAX, 0};

    if (d->n == 0)
        nothing.rest = 0;
    if (d->n == 0 || d->n + d->exponent < -400)
        return nothing;
    if (d->n + d->exponent > 400)
        return huge;
    for (int i = 0; i < d->n; i++)
        big_multiply_add(&n, 10, (uint32_t)(d->digits[i] - '0'));
    for (long i = 0; i < d->exponent; i++)
        big_multiply_add(&n, 10, 0);
    for (long i = 0; i > d->exponent; i--)
        big_multiply_add(&m, 10, 0);
    return divide(&n, &m, format);
}

/* Parses hexadecimal digits after "0x". At most 60 bits are kept; the rest only affects
 * rounding. */
static const char *parse_hex(const char *at, struct rounded *r, const struct format *format)
{
    uint64_t mantissa = 0;
    long exponent = 0;
    int any = 0, point = 0, sticky = 0;

    for (;; at++) {
        if (*at == '.' && !point) {
            point = 1;
            continue;
        }
        if (!isxdigit((unsigned char)*at))
            break;
        int digit = isdigit(*at) ? *at - '0' : (*at | 32) - 'a' + 10;
        any = 1;
        exponent -= point ? 4 : 0;
        if (mantissa >> 56) {
            sticky |= digit;
            exponent += 4;
        } else {
            mantissa = mantissa << 4 | (uint64_t)digit;
        }
    }
    if (!any)
        return NULL;
    if (*at == 'p' || *at == 'P')
        at = parse_exponent(at, &exponent);
    *r = (struct rounded){0, format->least, mantissa || sticky};
    exponent = exponent > 100000 ? 100000 : exponent < -100000 ? -100000 : exponent;
    if (!mantissa)
        return at;
    mantissa = mantissa << 1 | (sticky != 0);
    exponent--;
    int bits = 64 - __builtin_clzl(mantissa), drop = bits - format->bits;
    if (exponent + drop < format->least)
        drop = (int)(format->least - exponent);
    if (drop > 63)
        return at;
    uint64_t rest = drop > 0 ? mantissa & ((1UL << drop) - 1) : 0;
    uint64_t half = drop > 0 ? 1UL << (drop - 1) : 0;
    r->mantissa = drop > 0 ? mantissa >> drop : mantissa << -drop;
    r->exponent = (int)exponent + drop;
    r->rest = rest == 0 ? 0 : rest < half ? 1 : rest == half ? 2 : 3;
    return at;
}

/* Rounds the value. ERANGE if it is too large, or too small and not exact. */
static double finish(struct rounded r, const struct format *format)
{
    union {
        uint64_t bits;
        double value;
    } result;

    if (r.rest == 3 || (r.rest == 2 && r.mantissa & 1))
        r.mantissa++;
    if (r.mantissa >> format->bits && r.exponent < INT_MAX) {
        r.mantissa >>= 1;
        r.exponent++;
    }
    if (r.exponent > format->most) {
        fail(ERANGE);
        return __builtin_huge_val();
    }
    if (r.rest && !(r.mantissa >> (format->bits - 1)))
        fail(ERANGE);
    if (r.mantissa == 0)
        return 0;
    int shift = __builtin_clzl(r.mantissa) - 11; /* to the 53 bits of a double */
    if (r.exponent - shift < -1074)
        shift = r.exponent + 1074;
    r.mantissa <<= shift;
    r.exponent -= shift;
    uint64_t biased = r.mantissa >> 52 ? (uint64_t)(r.exponent + 1075) : 0;
    result.bits = biased << 52 | (r.mantissa & ((1UL << 52) - 1));
    return result.value;
}

/* Parses "inf", "infinity" or "nan": sets the value and returns the end, or NULL. */
static const char *parse_word(const char *at, double *value)
{
    if (strncasecmp(at, "inf", 3) == 0) {
        *value = __builtin_huge_val();
        return at + (strncasecmp(at, "infinity", 8) == 0 ? 8 : 3);
    }
    if (strncasecmp(at, "nan", 3) != 0)
        return NULL;
    *value = __builtin_nan("");
    const char *end = at + 4;
    while (at[3] == '(' && (isalnum((unsigned char)*end) || *end == '_'))
        end++;
    return at[3] == '(' && *end == ')' ? end + 1 : at + 3;
}

static double parse(const char *text, char **end, const struct format *format)
{
    const char *at = text, *stop;
    struct decimal d;
    struct rounded r;
    double value = 0;

    while (isspace((unsigned char)*at))
        at++;
    d.negative = *at == '-';
    at += *at == '-' || *at == '+';
    stop = parse_word(at, &value);
    if (!stop && at[0] == '0' && (at[1] | 32) == 'x') {
        stop = parse_hex(at + 2, &r, format);
        if (stop)
            value = finish(r, format);
    }
    if (!stop) {
        stop = parse_decimal(at, &d);
        if (stop)
            value = finish(convert_decimal(&d, format), format);
    }
    if (end)
        *end = (char *)(stop ? stop : text);
    return d.negative ? -value : value;
}

double strtod(const char *restrict text, char **restrict end)
{
    return parse(text, end, &dbl);
}

float strtof(const char *restrict text, char **restrict end)
{
    return (float)parse(text, end, &single);
}

/* Only with the precision of a double. */
long double strtold(const char *restrict text, char **restrict end)
{
    return parse(text, end, &dbl);
}

double atof(const char *text)
{
    return strtod(text, NULL);
}
