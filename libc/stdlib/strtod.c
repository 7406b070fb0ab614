/* strtod: the number that is nearest to a decimal one, exactly, by integers of any length.
 *
 * The digits are an integer N times a power of ten. If the power is positive, N is multiplied by
 * it; otherwise it becomes a divisor M. So the value is N / M, without any rounding. A long
 * division by bits then gives as many bits of the quotient as the type has, and the remainder tells
 * how to round (a half is rounded to even).
 *
 * Between two neighbours of a type the middle has so many decimal digits, 768 for double and 11,515
 * for long double, that one digit more decides; of what follows it only matters whether it is 0. */
/* SPDX-License-Identifier: MIT */
#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include "syscall.h"

struct format {
    int bits;        /* of the mantissa */
    int least, most; /* the smallest and the largest exponent of the lowest bit */
    int digits;      /* how many are kept */
    int small, huge; /* 10 to these powers is rounded to 0, and is too large */
};

static const struct format single = {24, -149, 104, 800, -400, 400};
static const struct format dbl = {53, -1074, 971, 800, -400, 400};
static const struct format extended = {64, -16445, 16320, 11600, -5000, 5000};

/* Words of 32 bits: 10^(digits - small) and the digits, with 100 bits more. */
#define WORDS          160
#define EXTENDED_WORDS 1740

struct big {
    int n;
    uint32_t *words; /* the least significant first; no zero word at the end */
};

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

static void big_multiply_power_of_ten(struct big *b, long power)
{
    for (; power >= 9; power -= 9)
        big_multiply_add(b, 1000000000, 0);
    for (; power > 0; power--)
        big_multiply_add(b, 10, 0);
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
 * number: 0: it is exact; 1: below the middle; 2: in the middle; 3: above it; 4: by three quarters.
 */
struct rounded {
    uint64_t mantissa;
    int exponent;
    int rest;
};

/* Makes N / M at least 1 and less than 2, and returns the power of two that was taken out. */
static int normalize(struct big *n, struct big *m)
{
    int exponent = big_bits(n) - big_bits(m);

    if (exponent > 0)
        big_shift_left(m, exponent);
    else
        big_shift_left(n, -exponent);
    if (big_compare(n, m) >= 0)
        return exponent;
    big_shift_left(n, 1);
    return exponent - 1;
}

/* What 2 * the remainder, N, and M say of struct rounded's rest. */
static int rest_of(struct big *n, const struct big *m)
{
    int order = big_compare(n, m);

    if (order <= 0)
        return n->n == 0 ? 0 : order < 0 ? 1 : 2;
    big_subtract(n, m);
    big_shift_left(n, 1);
    return big_compare(n, m) < 0 ? 3 : 4;
}

static struct rounded divide(struct big *n, struct big *m, const struct format *format)
{
    int exponent = normalize(n, m), bits = format->bits;

    if (exponent - bits + 1 < format->least)
        bits = exponent + 1 - format->least;
    struct rounded r = {0, exponent - bits + 1, 1};
    if (bits < 0) {
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
    r.rest = rest_of(n, m);
    return r;
}

static const char *parse_exponent(const char *at, long *exponent)
{
    const char *digits = at + 1 + (at[1] == '-' || at[1] == '+');
    long value = 0;

    if (!isdigit(*digits))
        return at;
    for (; isdigit(*digits); digits++)
        if (value < LONG_MAX / 100)
            value = value * 10 + *digits - '0';
    *exponent += at[1] == '-' ? -value : value;
    return digits;
}

/* The digits of a decimal number, while they are read. */
struct decimal {
    struct big *n;
    int digits;     /* in n, without leading zeros */
    long exponent;  /* of ten */
    uint32_t group; /* up to 9 digits that are not in n yet */
    uint32_t unit;  /* 10 to their number */
    bool more;      /* a digit that is not 0 was left out */
};

static void flush_group(struct decimal *d)
{
    big_multiply_add(d->n, d->unit, d->group);
    d->group = 0;
    d->unit = 1;
}

static void add_digit(struct decimal *d, int digit, int most)
{
    if (d->digits == 0 && digit == 0)
        return;
    if (d->digits == most) {
        d->more |= digit != 0;
        d->exponent++;
        return;
    }
    d->digits++;
    d->group = d->group * 10 + (uint32_t)digit;
    d->unit *= 10;
    if (d->unit == 1000000000)
        flush_group(d);
}

/* Parses digits, point and exponent; NULL if there is no digit. */
static const char *parse_decimal(const char *at, struct decimal *d, int most)
{
    bool any = false, point = false;

    for (;; at++) {
        if (*at == '.' && !point) {
            point = true;
            continue;
        }
        if (!isdigit(*at))
            break;
        any = true;
        if (point)
            d->exponent--;
        add_digit(d, *at - '0', most);
    }
    if (!any)
        return NULL;
    flush_group(d);
    if (d->more) { /* any digit that is not 0 will do for all that were left out */
        big_multiply_add(d->n, 10, 1);
        d->exponent--;
        d->digits++;
    }
    return *at == 'e' || *at == 'E' ? parse_exponent(at, &d->exponent) : at;
}

static struct rounded convert_decimal(const struct decimal *d, struct big *m,
                                      const struct format *format)
{
    struct rounded nothing = {0, format->least, d->digits > 0}, huge = {UINT64_MAX, INT_MAX, 0};

    if (d->digits == 0 || d->digits + d->exponent < format->small)
        return nothing;
    if (d->digits + d->exponent > format->huge)
        return huge;
    m->n = 1;
    m->words[0] = 1;
    big_multiply_power_of_ten(d->exponent > 0 ? d->n : m, labs(d->exponent));
    return divide(d->n, m, format);
}

/* Rounds mantissa * 2^exponent, where the mantissa's lowest bit stands for all that was left out.
 */
static struct rounded round_binary(unsigned __int128 mantissa, long exponent,
                                   const struct format *format)
{
    uint64_t high = (uint64_t)(mantissa >> 64);
    int bits = high ? 128 - __builtin_clzl(high) : 64 - __builtin_clzl((uint64_t)mantissa);
    int drop = bits - format->bits;

    if (exponent > INT_MAX / 2)
        return (struct rounded){UINT64_MAX, INT_MAX, 0};
    if (exponent + drop < format->least)
        drop = exponent < format->least - 128 ? 128 : (int)(format->least - exponent);
    if (drop > bits)
        return (struct rounded){0, format->least, 1};
    if (drop <= 0)
        return (struct rounded){(uint64_t)mantissa << -drop, (int)exponent + drop, 0};
    unsigned __int128 half = (unsigned __int128)1 << (drop - 1);
    unsigned __int128 rest = mantissa & (half | (half - 1));
    struct rounded r = {0, (int)exponent + drop, rest == 0 ? 0 : rest < half ? 1 : 2};
    r.mantissa = drop < 128 ? (uint64_t)(mantissa >> drop) : 0;
    if (rest > half)
        r.rest = rest < half + half / 2 ? 3 : 4;
    return r;
}

/* Parses hexadecimal digits after "0x": 120 bits are kept. NULL if there is no digit. */
static const char *parse_hex(const char *at, struct rounded *r, const struct format *format)
{
    unsigned __int128 mantissa = 0;
    long exponent = 0;
    bool any = false, point = false, more = false;

    for (;; at++) {
        if (*at == '.' && !point) {
            point = true;
            continue;
        }
        if (!isxdigit((unsigned char)*at))
            break;
        int digit = isdigit(*at) ? *at - '0' : (*at | 32) - 'a' + 10;
        any = true;
        exponent -= point ? 4 : 0;
        if (mantissa >> 116) {
            more |= digit != 0;
            exponent += 4;
        } else {
            mantissa = mantissa << 4 | (unsigned)digit;
        }
    }
    if (!any)
        return NULL;
    if (*at == 'p' || *at == 'P')
        at = parse_exponent(at, &exponent);
    *r = (struct rounded){0, format->least, 0};
    if (mantissa)
        *r = round_binary(mantissa << 1 | more, exponent - 1, format);
    return at;
}

/* The number mantissa * 2^exponent, which a long double holds. */
static long double assemble(uint64_t mantissa, int exponent)
{
    union {
        struct {
            uint64_t mantissa;
            uint16_t exponent;
        } parts;
        long double value;
    } result = {.value = 0};

    if (mantissa == 0)
        return 0;
    int shift = __builtin_clzl(mantissa);
    if (exponent - shift < extended.least)
        shift = exponent - extended.least;
    result.parts.mantissa = mantissa << shift;
    result.parts.exponent = (uint16_t)(exponent - shift + 16383 + 63);
    if (!(result.parts.mantissa >> 63))
        result.parts.exponent = 0;
    return result.value;
}

/* Rounds to the nearest, a half to even; whether it became the smallest of normal numbers. */
static bool round_up(struct rounded *r, const struct format *format)
{
    uint64_t least_normal = 1UL << (format->bits - 1);

    if (r->rest < 2 || (r->rest == 2 && !(r->mantissa & 1)))
        return false;
    r->mantissa++;
    if (format->bits == 64 ? r->mantissa == 0 : r->mantissa == least_normal << 1) {
        r->mantissa = least_normal;
        r->exponent += r->exponent < INT_MAX;
        return false;
    }
    return r->mantissa == least_normal && r->exponent == format->least;
}

/* The value, rounded. ERANGE if it is too large, or not exact and too small: also if it is only the
 * smallest normal number because small ones have fewer bits. */
static long double finish(struct rounded r, const struct format *format)
{
    bool became_normal = round_up(&r, format);

    if (r.exponent > format->most) {
        fail(ERANGE);
        return __builtin_huge_vall();
    }
    bool small = !(r.mantissa >> (format->bits - 1)) || (became_normal && r.rest < 4);
    if (r.rest && small)
        fail(ERANGE);
    return assemble(r.mantissa, r.exponent);
}

/* Parses "inf", "infinity" or "nan": sets the value and returns the end, or NULL. */
static const char *parse_word(const char *at, long double *value)
{
    if (strncasecmp(at, "inf", 3) == 0) {
        *value = __builtin_huge_vall();
        return at + (strncasecmp(at, "infinity", 8) == 0 ? 8 : 3);
    }
    if (strncasecmp(at, "nan", 3) != 0)
        return NULL;
    *value = __builtin_nanl("");
    const char *end = at + 4;
    while (at[3] == '(' && (isalnum((unsigned char)*end) || *end == '_'))
        end++;
    return at[3] == '(' && *end == ')' ? end + 1 : at + 3;
}

/* Parses the number; n and m have words for its format. */
static long double parse(const char *text, char **end, const struct format *format, struct big n,
                         struct big m)
{
    const char *at = text;
    struct decimal d = {.n = &n, .unit = 1};
    struct rounded r;
    long double value = 0;

    while (isspace((unsigned char)*at))
        at++;
    bool negative = *at == '-';
    at += *at == '-' || *at == '+';
    const char *stop = parse_word(at, &value);
    if (!stop && at[0] == '0' && (at[1] | 32) == 'x') {
        stop = parse_hex(at + 2, &r, format);
        if (stop)
            value = finish(r, format);
    }
    if (!stop) {
        stop = parse_decimal(at, &d, format->digits);
        if (stop)
            value = finish(convert_decimal(&d, &m, format), format);
    }
    if (end)
        *end = (char *)(stop ? stop : text);
    return negative ? -value : value;
}

/* The number 0, with space for its digits. */
static struct big big_zero(uint32_t *space)
{
    return (struct big){0, space};
}

double strtod(const char *restrict text, char **restrict end)
{
    uint32_t n[WORDS], m[WORDS];

    return (double)parse(text, end, &dbl, big_zero(n), big_zero(m));
}

float strtof(const char *restrict text, char **restrict end)
{
    uint32_t n[WORDS], m[WORDS];

    return (float)parse(text, end, &single, big_zero(n), big_zero(m));
}

long double strtold(const char *restrict text, char **restrict end)
{
    uint32_t n[EXTENDED_WORDS], m[EXTENDED_WORDS];

    return parse(text, end, &extended, big_zero(n), big_zero(m));
}

double atof(const char *text)
{
    return strtod(text, NULL);
}
