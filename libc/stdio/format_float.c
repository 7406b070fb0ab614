/* Floating point as text, exactly: the number is written out in full in base 10^9, then rounded.
 *
 * A long double is an integer of 64 bits times a power of two. In base 10^9 that integer has three
 * words. They are doubled or halved as often as the exponent says. This needs no rounding: the
 * remainder of a halved word, times 10^9, is carried into the next word exactly, because 10^9 is
 * even. Then all decimal digits are known, and to round to any precision, it is enough to look at
 * the digits that follow (a half is rounded to even). */
/* SPDX-License-Identifier: MIT */
#include <limits.h>
#include <stdint.h>
#include <string.h>
#include "format.h"

#define BASE        1000000000u
#define WHOLE_WORDS 552  /* 10^9 to this power is more than 2^16384 */
#define FRONT_WORDS 4    /* of a mantissa, and one for what rounding adds */
#define PART_WORDS  1832 /* 16445 binary places need as many decimal ones, 9 to a word */

/* A number without its sign, in base 10^9: words[low] to words[high - 1], the first and the last
 * not 0; the point is before words[one]. So either many words are before the point or many after.
 * Counted in digits it is 0.DDDD times 10^point: n digits, the first and the last not 0. */
struct decimal {
    uint32_t words[FRONT_WORDS + PART_WORDS];
    int low, high, one;
    int n, point;
    int lead; /* zeros in front of the first digit in its word */
};

union bits {
    long double value;
    struct {
        uint64_t mantissa;
        uint16_t exponent; /* its upper bit is the sign */
    } parts;
};

static const uint32_t powers[10] = {1,      10,      100,      1000,      10000,
                                    100000, 1000000, 10000000, 100000000, BASE};

static void shift_left(struct decimal *d, int bits)
{
    uint64_t carry = 0;

    for (int i = d->high - 1; i >= d->low; i--) {
        carry += (uint64_t)d->words[i] << bits;
        d->words[i] = (uint32_t)(carry % BASE);
        carry /= BASE;
    }
    if (carry)
        d->words[--d->low] = (uint32_t)carry;
}

/* Divides by 2^bits. At most 9 bits, because 10^9 is 2^9 times an odd number. */
static void shift_right(struct decimal *d, int bits)
{
    uint32_t carry = 0;

    for (int i = d->low; i < d->high; i++) {
        uint32_t word = d->words[i];

        d->words[i] = (word >> bits) + carry;
        carry = (word & ((1u << bits) - 1)) * (BASE >> bits);
    }
    if (carry)
        d->words[d->high++] = carry;
    if (d->low < d->high && d->words[d->low] == 0)
        d->low++;
}

/* Counts the digits after the words have changed. */
static void decimal_count(struct decimal *d)
{
    int trail = 0;

    while (d->low < d->high && d->words[d->high - 1] == 0)
        d->high--;
    d->n = d->point = d->lead = 0;
    if (d->low == d->high)
        return;
    while (d->words[d->low] < powers[8 - d->lead])
        d->lead++;
    while (d->words[d->high - 1] % powers[trail + 1] == 0)
        trail++;
    d->n = (d->high - d->low) * 9 - d->lead - trail;
    d->point = (d->one - d->low) * 9 - d->lead;
}

/* Computes every digit of a finite number; n is 0 for zero. */
static void decimal_set(struct decimal *d, uint64_t mantissa, int exponent)
{
    int zeros = mantissa ? __builtin_ctzl(mantissa) : 0;

    exponent += zeros;
    d->one = d->high = d->low = exponent > 0 ? WHOLE_WORDS : FRONT_WORDS;
    for (mantissa >>= zeros; mantissa; mantissa /= BASE)
        d->words[--d->low] = (uint32_t)(mantissa % BASE);
    for (; exponent > 0; exponent -= exponent < 29 ? exponent : 29)
        shift_left(d, exponent < 29 ? exponent : 29);
    for (int step; exponent < 0; exponent += step) {
        step = -exponent < 9 ? -exponent : 9;
        shift_right(d, step);
    }
    decimal_count(d);
}

/* Adds 1 to the digits that are above a unit of a word. */
static void add_unit(struct decimal *d, int word, uint32_t unit)
{
    d->words[word] += unit;
    for (; d->words[word] >= BASE; d->words[word]++) {
        d->words[word] -= BASE;
        if (word == d->low)
            d->words[--d->low] = 0;
        word--;
    }
}

/* Rounds to `keep` digits. One more may appear in front, as 999 becomes 1000. */
static void decimal_round(struct decimal *d, long keep)
{
    if (keep >= d->n)
        return;
    if (keep < 0) {
        d->n = 0;
        return;
    }
    int word = d->low + (int)(keep + d->lead) / 9;
    uint32_t unit = powers[9 - (keep + d->lead) % 9]; /* of the digits that remain of this word */
    uint32_t rest = d->words[word] % unit, above = d->words[word] / unit;
    bool more = word + 1 < d->high;

    if (unit == BASE) /* none of it remains: the digit before is in the word before */
        above = keep > 0 ? d->words[word - 1] : 0;
    d->words[word] -= rest;
    d->high = word + 1;
    if (rest > unit / 2 || (rest == unit / 2 && (more || above % 2)))
        add_unit(d, word, unit);
    decimal_count(d);
}

/* A number that is being printed. It may have many digits, so they are written straight to the
 * sink. */
struct parts {
    struct sink *sink;
    const struct decimal *d;
    long places; /* after the point */
    bool point;
};

/* Prints n digits from place `from` on, all of which the number has. */
static bool put_own_digits(const struct parts *p, long from, long n)
{
    char digits[9];

    for (long take; n > 0; n -= take, from += take) {
        uint32_t word = p->d->words[p->d->low + (from + p->d->lead) / 9];
        int skip = (int)(from + p->d->lead) % 9;

        for (int i = 8; i >= 0; i--, word /= 10)
            digits[i] = (char)('0' + word % 10);
        take = n < 9 - skip ? n : 9 - skip;
        if (!sink_put(p->sink, digits + skip, (size_t)take))
            return false;
    }
    return true;
}

/* Prints n digits from place `from` on; zeros where the number has no digits. */
static bool put_digits(const struct parts *p, long from, long n)
{
    if (from < 0 && n > 0) {
        long zeros = -from < n ? -from : n;

        if (!sink_pad(p->sink, '0', zeros))
            return false;
        from += zeros;
        n -= zeros;
    }
    long have = p->d->n - from;
    have = have < 0 ? 0 : have > n ? n : have;
    return put_own_digits(p, from, have) && sink_pad(p->sink, '0', n - have);
}

/* Prints sign, padding, digits before the point, point, digits after it, and exponent. */
static bool put_all(struct parts *p, const struct spec *spec, const char *sign, long first,
                    long whole, const char *exponent)
{
    long length = (long)strlen(sign) + whole + p->point + p->places + (long)strlen(exponent);
    long pad = spec->width - length;
    bool zero = spec->zero && !spec->left;

    return (zero || spec->left || sink_pad(p->sink, ' ', pad)) &&
           sink_put(p->sink, sign, strlen(sign)) && (!zero || sink_pad(p->sink, '0', pad)) &&
           put_digits(p, first, whole) && sink_put(p->sink, ".", p->point) &&
           put_digits(p, first + whole, p->places) &&
           sink_put(p->sink, exponent, strlen(exponent)) &&
           (!spec->left || sink_pad(p->sink, ' ', pad));
}

static bool put_fixed(struct sink *sink, const struct spec *spec, const char *sign,
                      const struct decimal *d, long places)
{
    struct parts p = {sink, d, places, places > 0 || spec->alternate};
    long whole = d->n && d->point > 0 ? d->point : 1;

    return put_all(&p, spec, sign, d->n ? d->point - whole : 0, whole, "");
}

static void exponent_text(char *text, char letter, int exponent, int least_digits)
{
    unsigned n = exponent < 0 ? (unsigned)-exponent : (unsigned)exponent;
    char digits[8];
    int at = 0;

    for (; n || at < least_digits; n /= 10)
        digits[at++] = (char)('0' + n % 10);
    *text++ = letter;
    *text++ = exponent < 0 ? '-' : '+';
    while (at > 0)
        *text++ = digits[--at];
    *text = '\0';
}

static bool put_scientific(struct sink *sink, const struct spec *spec, const char *sign,
                           const struct decimal *d, long places, char letter)
{
    struct parts p = {sink, d, places, places > 0 || spec->alternate};
    char exponent[12];

    exponent_text(exponent, letter, d->n ? d->point - 1 : 0, 2);
    return put_all(&p, spec, sign, 0, 1, exponent);
}

static bool put_general(struct sink *sink, const struct spec *spec, const char *sign,
                        struct decimal *d, char letter)
{
    long precision = spec->precision < 0 ? 6 : spec->precision == 0 ? 1 : spec->precision;

    decimal_round(d, precision);
    long exponent = d->n ? d->point - 1 : 0;
    bool fixed = exponent >= -4 && exponent < precision;
    long places = fixed ? precision - 1 - exponent : precision - 1;
    long needed = fixed ? d->n - (exponent + 1) : d->n - 1;
    if (!spec->alternate && places > needed)
        places = needed < 0 ? 0 : needed;
    if (fixed)
        return put_fixed(sink, spec, sign, d, places);
    return put_scientific(sink, spec, sign, d, places, letter);
}

/* A number in base 16: its first digit is in the bits from 64 up, `places` more are below. */
struct hex {
    unsigned __int128 m;
    int exponent, places;
};

/* The first digit of a double is 1, of a long double 8 to f. */
static struct hex hex_of(uint64_t mantissa, int exponent, bool extended)
{
    int lead_bits = extended ? 4 : 1;
    struct hex h = {.places = extended ? 15 : 13};

    if (mantissa)
        h.exponent = exponent + 64 - lead_bits;
    h.m = (unsigned __int128)mantissa << lead_bits;
    if (!extended && mantissa && h.exponent < -1022) { /* too small for a leading 1 */
        h.m >>= -1022 - h.exponent;
        h.exponent = -1022;
    }
    return h;
}

/* Rounds to the precision; without one, drops the zeros at the end. */
static void hex_round(struct hex *h, int precision, bool extended)
{
    if (precision < 0) {
        while (h->places > 0 && !((uint64_t)(h->m >> (64 - 4 * h->places)) & 15))
            h->places--;
        return;
    }
    if (precision >= h->places)
        return;
    unsigned __int128 unit = (unsigned __int128)1 << (64 - 4 * precision);
    unsigned __int128 rest = h->m & (unit - 1), half = unit / 2;
    h->m -= rest;
    if (rest > half || (rest == half && h->m & unit))
        h->m += unit;
    if (extended && h->m >> 68) {
        h->m >>= 4;
        h->exponent += 4;
    }
    h->places = precision;
}

/* %a: prints the bits themselves, in base 16. */
static bool put_hex(struct sink *sink, const struct spec *spec, const char *sign, uint64_t mantissa,
                    int exponent, bool upper)
{
    const char *letters = upper ? "0123456789ABCDEF" : "0123456789abcdef";
    char body[64], prefix[8], tail[12];
    struct hex h = hex_of(mantissa, exponent, spec->length == 'L');
    int n = 0;

    hex_round(&h, spec->precision, spec->length == 'L');
    strcpy(stpcpy(prefix, sign), upper ? "0X" : "0x");
    body[n++] = letters[(uint64_t)(h.m >> 64) & 15];
    if (h.places > 0 || spec->precision > 0 || spec->alternate)
        body[n++] = '.';
    for (int i = 1; i <= h.places; i++)
        body[n++] = letters[(uint64_t)(h.m >> (64 - 4 * i)) & 15];
    exponent_text(tail, upper ? 'P' : 'p', h.exponent, 1);
    long more = spec->precision > h.places ? spec->precision - h.places : 0;
    long pad = spec->width - (long)(strlen(prefix) + strlen(tail)) - n - more;
    bool zero = spec->zero && !spec->left;
    return (zero || spec->left || sink_pad(sink, ' ', pad)) &&
           sink_put(sink, prefix, strlen(prefix)) && (!zero || sink_pad(sink, '0', pad)) &&
           sink_put(sink, body, (size_t)n) && sink_pad(sink, '0', more) &&
           sink_put(sink, tail, strlen(tail)) && (!spec->left || sink_pad(sink, ' ', pad));
}

static bool put_not_finite(struct sink *sink, const struct spec *spec, const char *sign, bool nan,
                           bool upper)
{
    struct spec plain = *spec;
    const char *text = nan ? (upper ? "NAN" : "nan") : (upper ? "INF" : "inf");

    plain.zero = false;
    return format_padded(sink, &plain, sign, text, 3, 0);
}

bool format_float(struct sink *sink, const struct spec *spec, long double value)
{
    struct decimal d;
    union bits bits = {.value = value};
    uint64_t mantissa = bits.parts.mantissa;
    int biased = bits.parts.exponent & 0x7fff;
    int exponent = (biased ? biased : 1) - 16383 - 63;
    bool negative = bits.parts.exponent >> 15, upper = spec->letter < 'a';
    const char *sign = negative ? "-" : spec->plus ? "+" : spec->space ? " " : "";
    long precision = spec->precision < 0 ? 6 : spec->precision;

    if (biased == 0x7fff)
        return put_not_finite(sink, spec, sign, mantissa << 1, upper);
    switch (spec->letter | 32) {
    case 'a': return put_hex(sink, spec, sign, mantissa, exponent, upper);
    case 'f':
        decimal_set(&d, mantissa, exponent);
        decimal_round(&d, d.point + precision);
        return put_fixed(sink, spec, sign, &d, precision);
    case 'e':
        decimal_set(&d, mantissa, exponent);
        decimal_round(&d, precision + 1);
        return put_scientific(sink, spec, sign, &d, precision, upper ? 'E' : 'e');
    default:
        decimal_set(&d, mantissa, exponent);
        return put_general(sink, spec, sign, &d, upper ? 'E' : 'e');
    }
}
