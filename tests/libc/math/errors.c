/* How far each function of <math.h> is from the true value, in units of the last place.
 *
 * Built with the host's library it writes what its long double functions say, which is near enough
 * to the truth for float and double; built with ours it reads that. Both print, for each function,
 * its worst error and where that is, and how many results are of another kind than the true one: a
 * number where NaN is due, infinity for a number, the other zero. All arguments come from one
 * sequence of numbers. */
/* SPDX-License-Identifier: MIT */
#include <complex.h>
#include <float.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ROUNDS 1500

static FILE *values;

struct kind {
    const char *suffix;
    int bits, least; /* of the mantissa; the exponent of the smallest number */
};

static const struct kind flt = {"f", 24, -149}, dbl = {"", 53, -1074}, ext = {"l", 64, -16445};

static uint64_t next_bits(void)
{
    static uint64_t state = 88172645463325252;

    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return state * 0x2545f4914f6cdd1d;
}

/* Special values first, then numbers between low and high, then numbers of every size. */
static long double argument(int round, double low, double high)
{
    static const double specials[] = {
        0,          -0.0,
        1,          -1,
        0.5,        -0.5,
        2,          -2,
        3,          -3,
        1.5,        -1.5,
        2.5,        -2.5,
        10,         -10,
        100,        171,
        -170.5,     709.5,
        -745,       11000,
        1e-20,      -1e-20,
        1e300,      -1e300,
        DBL_MIN,    -DBL_MIN,
        0x1p-1074,  -0x1p-1074,
        FLT_MIN,    0x1p-149,
        M_PI,       M_PI_2,
        M_PI_4,     100 * M_PI,
        1e15 + 0.5, 4503599627370497.5,
        0x1p52,     0x1p53,
        DBL_MAX,    -DBL_MAX,
        INFINITY,   -INFINITY,
        NAN,
    };
    uint64_t bits = next_bits();
    long double part = (long double)bits * 0x1p-64L;

    if (round < (int)(sizeof specials / sizeof *specials))
        return specials[round];
    if (round % 4)
        return low + part * ((long double)high - low);
    return ldexpl(part - 0.5L, (int)(next_bits() % 200) - 100);
}

/* The worst result of the function that is being tested. */
static struct {
    const char *name;
    const struct kind *kind;
    double error;
    long double x, y;
    int strange; /* results of another kind */
} worst;

static void report(void)
{
    if (worst.name)
        printf("%s%s %.3f %d %.21Lg %.21Lg\n", worst.name, worst.kind->suffix, worst.error,
               worst.strange, worst.x, worst.y);
    worst.name = NULL;
}

static void note(const char *name, const struct kind *kind, double error, long double x,
                 long double y)
{
    if (name != worst.name || kind != worst.kind) {
        report();
        worst.name = name;
        worst.kind = kind;
        worst.error = -1;
        worst.strange = 0;
    }
    worst.strange += isinf(error) != 0;
    if (!isinf(error) && error > worst.error) {
        worst.error = error;
        worst.x = x;
        worst.y = y;
    }
}

/* What the host's library says: written by it, read by ours. */
static long double truth(long double ours)
{
#ifdef __GLIBC__
    char bytes[16] = {0};
    memcpy(bytes, &ours, 10);
    fwrite(bytes, sizeof bytes, 1, values);
    return ours;
#else
    long double theirs;
    if (fread(&theirs, sizeof theirs, 1, values) != 1)
        exit(3);
    (void)ours;
    return theirs;
#endif
}

static double error_of(const struct kind *kind, long double got, long double want)
{
    long double nearest = kind == &flt ? (float)want : kind == &dbl ? (double)want : want;

    if (isnan(got) || isnan(want))
        return isnan(got) && isnan(want) ? 0 : INFINITY;
    if (isinf(nearest) || isinf(got))
        return got == nearest ? 0 : INFINITY;
    if (want == 0)
        return got == 0 && !signbit(got) == !signbit(want) ? 0 : INFINITY;
    int unit = ilogbl(want) - kind->bits + 1;
    return (double)ldexpl(fabsl(got - want), -(unit < kind->least ? kind->least : unit));
}

static void check(const char *name, const struct kind *kind, long double got, long double want,
                  long double x, long double y)
{
    note(name, kind, error_of(kind, got, truth(want)), x, y);
}

/* Of a complex result: the distance from the true one, in units of its absolute value. */
static void check_complex(const char *name, long double complex got, long double complex want,
                          double complex z)
{
    long double real = truth(creall(want)), imaginary = truth(cimagl(want));
    long double complex off = got - CMPLXL(real, imaginary);
    long double size = hypotl(real, imaginary);

    note(name, &dbl, error_of(&dbl, size + cabsl(off), size), creal(z), cimag(z));
}

#define ONE(name, low, high)                              \
    for (int i = 0; i < ROUNDS; i++) {                    \
        float x = (float)argument(i, low, high);          \
        check(#name, &flt, name##f(x), name##l(x), x, 0); \
    }                                                     \
    for (int i = 0; i < ROUNDS; i++) {                    \
        double x = (double)argument(i, low, high);        \
        check(#name, &dbl, name(x), name##l(x), x, 0);    \
    }                                                     \
    for (int i = 0; i < ROUNDS; i++) {                    \
        long double x = argument(i, low, high);           \
        check(#name, &ext, name##l(x), name##l(x), x, 0); \
    }

#define TWO(name, low, high)                                                                     \
    for (int i = 0; i < ROUNDS; i++) {                                                           \
        float x = (float)argument(i, low, high), y = (float)argument(i * 7 % ROUNDS, low, high); \
        check(#name, &flt, name##f(x, y), name##l(x, y), x, y);                                  \
    }                                                                                            \
    for (int i = 0; i < ROUNDS; i++) {                                                           \
        double x = (double)argument(i, low, high),                                               \
               y = (double)argument(i * 7 % ROUNDS, low, high);                                  \
        check(#name, &dbl, name(x, y), name##l(x, y), x, y);                                     \
    }                                                                                            \
    for (int i = 0; i < ROUNDS; i++) {                                                           \
        long double x = argument(i, low, high), y = argument(i * 7 % ROUNDS, low, high);         \
        check(#name, &ext, name##l(x, y), name##l(x, y), x, y);                                  \
    }

/* Bessel functions have no long double kind: the host's double is the truth for both. */
#define BESSEL(name)                                \
    for (int i = 0; i < ROUNDS; i++) {              \
        double x = (double)argument(i, 0, 20);      \
        check(#name, &dbl, name(x), name(x), x, 0); \
    }

#define COMPLEX(name)                                                                \
    for (int i = 0; i < ROUNDS; i++) {                                               \
        double x = (double)argument(101, -4, 4), y = (double)argument(101, -4, 4);   \
        check_complex(#name, name(CMPLX(x, y)), name##l(CMPLXL(x, y)), CMPLX(x, y)); \
    }

static void angles(void)
{
    ONE(sin, -10, 10)
    ONE(cos, -10, 10)
    ONE(tan, -10, 10)
    ONE(asin, -1, 1)
    ONE(acos, -1, 1)
    ONE(atan, -10, 10)
    TWO(atan2, -10, 10)
    ONE(sinh, -20, 20)
    ONE(cosh, -20, 20)
    ONE(tanh, -3, 3)
    ONE(asinh, -100, 100)
    ONE(acosh, 1, 100)
    ONE(atanh, -1, 1)
}

static void powers(void)
{
    ONE(exp, -80, 80)
    ONE(exp2, -120, 120)
    ONE(exp10, -30, 30)
    ONE(expm1, -2, 2)
    ONE(log, 0, 10)
    ONE(log2, 0, 10)
    ONE(log10, 0, 10)
    ONE(log1p, -1, 2)
    TWO(pow, -10, 10)
    TWO(hypot, -1e9, 1e9)
    ONE(sqrt, 0, 1e9)
    ONE(cbrt, -1e9, 1e9)
    ONE(erf, -3, 3)
    ONE(erfc, -3, 8)
    ONE(lgamma, 0, 30)
    ONE(tgamma, -6, 30)
    BESSEL(j0)
    BESSEL(j1)
    BESSEL(y0)
    BESSEL(y1)
}

/* These have no error. */
static void exact(void)
{
    ONE(ceil, -100, 100)
    ONE(floor, -100, 100)
    ONE(trunc, -100, 100)
    ONE(round, -100, 100)
    ONE(rint, -100, 100)
    ONE(nearbyint, -100, 100)
    ONE(fabs, -100, 100)
    ONE(logb, -100, 100)
    TWO(fmod, -100, 100)
    TWO(remainder, -100, 100)
    TWO(copysign, -100, 100)
    TWO(fmin, -100, 100)
    TWO(fmax, -100, 100)
}

static void complexes(void)
{
    COMPLEX(cexp)
    COMPLEX(clog)
    COMPLEX(csqrt)
    COMPLEX(csin)
    COMPLEX(ccos)
    COMPLEX(ctan)
    COMPLEX(casin)
    COMPLEX(cacos)
    COMPLEX(catan)
    COMPLEX(csinh)
    COMPLEX(ccosh)
    COMPLEX(ctanh)
    COMPLEX(casinh)
    COMPLEX(cacosh)
    COMPLEX(catanh)
}

int main(int argc, char **argv)
{
#ifdef __GLIBC__
    values = argc == 2 ? fopen(argv[1], "wb") : NULL;
#else
    values = argc == 2 ? fopen(argv[1], "rb") : NULL;
#endif
    if (!values)
        return 2;
    angles();
    powers();
    exact();
    complexes();
    report();
    return fclose(values) != 0;
}
