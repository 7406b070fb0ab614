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
#define PART_WORDS  1840 /* 16445 binary places need as many decimal ones */
#define MAX_DIGITS  ((WHOLE_WORDS + PART_WORDS) * 9)

/* The digits of a number without its sign: 0.DDDD times 10^point, the first one not zero. */
struct decimal {
    char digits[MAX_DIGITS + 1];
    int n;
    int point;
};

/* A whole number and a fraction in base 10^9: words[low] to words[high - 1]. The point is before
 * word WHOLE_WORDS. */
struct wide {
    uint32_t words[WHOLE_WORDS + PART_WORDS];
    int low, high;
};

union bits {
    long double value;
    struct {
        uint64_t mantissa;
        uint16_t exponent; /* its upper bit is the sign */
    } parts;
};

static void wide_shift_left(struct wide *w, int bits)
{
    uint64_t carry = 0;

    for (int i = w->high - 1; i >= w->low; i--) {
        carry += (uint64_t)w->words[i] << bits;
        w->words[i] = (uint32_t)(carry % BASE);
        carry /= BASE;
    }
    if (carry)
        w->words[--w->low] = (uint32_t)carry;
}

/* Divides by 2^bits. At most 9 bits, because 10^9 is 2^9 times an odd number. */
static void wide_shift_right(struct wide *w, int bits)
{
    uint32_t carry = 0;

    for (int i = w->low; i < w->high; i++) {
        uint32_t word = w->words[i];

        w->words[i] = (word >> bits) + carry;
        carry = (word & ((1u << bits) - 1)) * (BASE >> bits);
    }
    if (carry)
        w->words[w->high++] = carry;
    if (w->low < w->high && w->words[w->low] == 0)
        w->low++;
}

static void wide_set(struct wide *w, uint64_t mantissa, int exponent)
{
    w->high = w->low = WHOLE_WORDS;
    for (; mantissa; mantissa /= BASE)
        w->words[--w->low] = (uint32_t)(mantissa % BASE);
    for (; exponent > 0; exponent -= exponent < 29 ? exponent : 29)
        wide_shift_left(w, exponent < 29 ? exponent : 29);
    for (int step; exponent < 0; exponent += step) {
        step = -exponent < 9 ? -exponent : 9;
        wide_shift_right(w, step);
    }
}

/* Computes every digit of a finite number; n is 0 for zero. */
static void decimal_set(struct decimal *d, uint64_t mantissa, int exponent)
{
    static struct wide w; /* 9 KB are too much for the stack; there is only one thread */
    int at = 0;

    d->n = d->point = 0;
    if (mantissa == 0)
        return;
    int zeros = __builtin_ctzl(mantissa);
    wide_set(&w, mantissa >> zeros, exponent + zeros);
    for (int i = w.low; i < w.high; i++)
        for (uint32_t word = w.words[i], unit = BASE / 10; unit; word %= unit, unit /= 10)
            d->digits[at++] = (char)('0' + word / unit);
    int lead = 0;
    while (d->digits[lead] == '0')
        lead++;
    d->n = at - lead;
    d->point = (WHOLE_WORDS - w.low) * 9 - lead;
    memmove(d->digits, d->digits + lead, (size_t)d->n);
    while (d->n > 0 && d->digits[d->n - 1] == '0')
        d->n--;
}

static bool rounds_up(const struct decimal *d, long keep)
{
    char next = d->digits[keep];

    if (next != '5' || keep + 1 < d->n)
        return next >= '5';
    return keep > 0 && (d->digits[keep - 1] - '0') % 2;
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
    bool up = rounds_up(d, keep);
    d->n = (int)keep;
    while (up && d->n > 0 && d->digits[d->n - 1] == '9')
        d->n--;
    if (up && d->n > 0) {
        d->digits[d->n - 1]++;
    } else if (up) {
        d->digits[0] = '1';
        d->n = 1;
        d->point++;
    }
    while (d->n > 0 && d->digits[d->n - 1] == '0')
        d->n--;
}

/* A number that is being printed. It may have many digits, so they are written straight to the
 * sink. */
struct parts {
    struct sink *sink;
    const struct decimal *d;
    long places; /* after the point */
    bool point;
};

/* Prints n digits from place `from` on; zeros where the number has no digits. */
static bool put_digits(struct parts *p, long from, long n)
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
    return sink_put(p->sink, p->d->digits + from, (size_t)have) && sink_pad(p->sink, '0', n - have);
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

/* %a: prints the bits themselves, in base 16. The first digit of a double is 1, of a long double 8
 * to f. */
static bool put_hex(struct sink *sink, const struct spec *spec, const char *sign, uint64_t mantissa,
                    int exponent, bool upper)
{
    const char *letters = upper ? "0123456789ABCDEF" : "0123456789abcdef";
    char body[64], prefix[8], tail[12];
    int places = spec->length == 'L' ? 15 : 13, n = 0;
    int lead_bits = spec->length == 'L' ? 4 : 1;

    exponent = mantissa ? exponent + 64 - lead_bits : 0;
    unsigned __int128 m = (unsigned __int128)mantissa << lead_bits; /* lead digit in bits 64 up */
    if (lead_bits == 1 && mantissa && exponent < -1022) { /* a double too small for a leading 1 */
        m >>= -1022 - exponent;
        exponent = -1022;
    }
    if (spec->precision >= 0 && spec->precision < places) {
        unsigned __int128 unit = (unsigned __int128)1 << (64 - 4 * spec->precision);
        unsigned __int128 rest = m & (unit - 1), half = unit / 2;

        m -= rest;
        if (rest > half || (rest == half && m & unit))
            m += unit;
        places = spec->precision;
    } else if (spec->precision < 0) {
        while (places > 0 && !((uint64_t)(m >> (64 - 4 * places)) & 15))
            places--;
    }
    strcpy(stpcpy(prefix, sign), upper ? "0X" : "0x");
    body[n++] = letters[(uint64_t)(m >> 64) & 15];
    if (places > 0 || spec->precision > 0 || spec->alternate)
        body[n++] = '.';
    for (int i = 1; i <= places; i++)
        body[n++] = letters[(uint64_t)(m >> (64 - 4 * i)) & 15];
    exponent_text(tail, upper ? 'P' : 'p', exponent, 1);
    long more = spec->precision > places ? spec->precision - places : 0;
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
    static struct decimal d; /* 21 KB are too much for the stack; there is only one thread */
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
