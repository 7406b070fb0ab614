/* The functions of <math.h> whose results have no error, <fenv.h>, and <tgmath.h>: printed. */
/* SPDX-License-Identifier: MIT */
#include <complex.h>
#include <fenv.h>
#include <math.h>
#include <signal.h>
#include <setjmp.h>
#include <stdio.h>

static const double values[] = {
    0,    -0.0, 1,    -1,     0.5,       -0.5,       1.5,   -2.5,     3.7,       1e10,
    -1e9, 1e-9, 1e19, 1e-310, 0x1p-1074, -0x1p-1074, 1e308, INFINITY, -INFINITY, NAN,
};
#define COUNT (sizeof values / sizeof *values)

static void put(long double x)
{
    if (isnan(x))
        printf(" nan"); /* its sign is nobody's */
    else
        printf(" %La", x);
}

static void parts_of(double x)
{
    int exponent = 0;
    double whole;
    float whole_f;
    long double whole_l;

    put(frexp(x, &exponent));
    printf(" %d", isfinite(x) ? exponent : 0);
    put(frexpl(x, &exponent));
    put(modf(x, &whole));
    put(whole);
    put(modff((float)x, &whole_f));
    put(whole_f);
    put(modfl(x, &whole_l));
    put(whole_l);
    printf(" %d %d", ilogb(x), ilogbl(x));
    put(nextafter(x, 1));
    put(nextafterf((float)x, -1));
    put(nextafterl(x, 1));
    put(nexttoward(x, -1e30L));
    for (int e = -2200; e <= 2200; e += 550) {
        put(ldexp(x, e));
        put(scalbln(x, e));
        put(ldexpf((float)x, e / 8));
        put(ldexpl(x, e * 8));
    }
    printf("\n");
}

static void classes(double x, double y)
{
    int quotient = 0;

    printf("%d%d%d%d%d%d%d", !!isgreater(x, y), !!isless(x, y), !!isgreaterequal(x, y),
           !!islessequal(x, y), !!islessgreater(x, y), !!isunordered(x, y), fpclassify(x));
    printf(" %d%d%d%d%d", !!isnan(x), !!isinf(x), !!isfinite(x), !!isnormal(x),
           isnan(x) || !signbit(x));
    put(fdim(x, y));
    put(fma(x, y, x));
    put(fmal(x, y, y));
    put(remquo(x, y, &quotient));
    printf(" %d\n", isfinite(x) && y != 0 && !isnan(y) ? quotient & 7 : 0);
}

/* By pointers, for compilers take the direction to be the usual one. */
static double (*volatile rint_now)(double) = rint;
static long double (*volatile nearbyint_now)(long double) = nearbyintl;
static long (*volatile lrint_now)(double) = lrint;
static long long (*volatile llrint_now)(long double) = llrintl;

static void directions(void)
{
    static const int all[] = {FE_TONEAREST, FE_DOWNWARD, FE_UPWARD, FE_TOWARDZERO};

    for (int d = 0; d < 4; d++) {
        printf("direction %d %d:", d, fesetround(all[d]) == 0 && fegetround() == all[d]);
        for (size_t i = 0; i < COUNT; i++) {
            volatile double x = values[i];
            volatile float f = (float)x;
            volatile long double l = x;
            put(rint_now(x));
            put(nearbyint_now(l));
            put(x / 3);
            put(f / 3);
            put(l / 3);
            if (fabs(x) < 1e9)
                printf(" %ld %lld", lrint_now(x), llrint_now(l));
            if (fabs(x) < 1e9)
                printf(" %ld %lld", lround(x), llroundf(f));
        }
        printf("\n");
    }
    fesetround(FE_TONEAREST);
    printf("wrong direction %d\n", fesetround(12345) != 0);
}

static void put_flags(const char *what)
{
    printf("%s %x\n", what, (unsigned)fetestexcept(FE_ALL_EXCEPT));
    feclearexcept(FE_ALL_EXCEPT);
}

/* Where results are put that nobody reads: the flags are what counts. */
static volatile double result;
static volatile long double lresult;

static void flags(void)
{
    volatile double zero = 0, one = 1, most = 1e308, least = 1e-308;
    volatile long double lzero = 0, lone = 1;
    fexcept_t saved;
    fenv_t environment;

    feclearexcept(FE_ALL_EXCEPT);
    result = one / zero;
    put_flags("divide");
    result = zero / zero;
    put_flags("invalid");
    result = most * most;
    put_flags("overflow");
    result = least * least;
    put_flags("underflow");
    result = one / 3;
    put_flags("inexact");
    lresult = lone / lzero;
    put_flags("divide, x87");
    lresult = lone / 3;
    put_flags("inexact, x87");
    sqrt(-one), put_flags("sqrt");
    log(zero), put_flags("log");
    exp(most), put_flags("exp");
    lrint(most), put_flags("lrint");
    feraiseexcept(FE_DIVBYZERO | FE_INVALID);
    fegetexceptflag(&saved, FE_ALL_EXCEPT);
    put_flags("raised");
    feraiseexcept(FE_INEXACT);
    fesetexceptflag(&saved, FE_DIVBYZERO | FE_INEXACT);
    put_flags("set");
    lresult = lone / lzero;
    fesetround(FE_UPWARD);
    printf("hold %d", feholdexcept(&environment));
    put_flags("");
    result = one / 3;
    fesetround(FE_DOWNWARD);
    feupdateenv(&environment);
    printf("%d ", fegetround() == FE_UPWARD);
    put_flags("updated");
    printf("%d", fesetenv(FE_DFL_ENV));
    printf(" %d", fegetround() == FE_TONEAREST);
    put_flags(" initial");
}

static sigjmp_buf out;

static void caught(int number)
{
    siglongjmp(out, number);
}

static void traps(void)
{
    volatile double zero = 0;
    volatile long double lzero = 0;

    signal(SIGFPE, caught);
    printf("%d", feenableexcept(FE_DIVBYZERO));
    printf(" %x\n", (unsigned)fegetexcept());
    if (!sigsetjmp(out, 1))
        printf("no trap %g\n", 1 / zero);
    else
        printf("a trap\n");
    fesetenv(FE_DFL_ENV);
    feenableexcept(FE_DIVBYZERO);
    if (!sigsetjmp(out, 1))
        printf("no trap %Lg\n", 1 / lzero);
    else
        printf("a trap\n");
    fesetenv(FE_DFL_ENV);
    feenableexcept(FE_OVERFLOW);
    if (!sigsetjmp(out, 1))
        printf("no trap %d\n", feraiseexcept(FE_OVERFLOW));
    else
        printf("a trap\n");
    printf("%x %x\n", (unsigned)fedisableexcept(FE_ALL_EXCEPT), (unsigned)fegetexcept());
    fesetenv(FE_DFL_ENV);
}

#include <tgmath.h>

#define SIZES(call) printf("%zu ", sizeof(call))

static void generic(void)
{
    float f = 0.5F;
    double d = 0.5;
    long double l = 0.5L;
    float complex fc = 0.5F;
    double complex dc = 0.5;
    int whole = 4, e;

    SIZES(sin(f)), SIZES(sin(d)), SIZES(sin(l)), SIZES(sin(fc)), SIZES(sin(dc)), SIZES(sin(whole));
    SIZES(pow(f, f)), SIZES(pow(f, d)), SIZES(pow(f, dc)), SIZES(pow(whole, f)), SIZES(pow(l, f));
    SIZES(fabs(fc)), SIZES(fabs(l)), SIZES(carg(f)), SIZES(creal(dc)), SIZES(conj(fc));
    SIZES(floor(f)), SIZES(fmax(f, l)), SIZES(ldexp(f, 1)), SIZES(frexp(l, &e)), SIZES(lrint(f));
    printf("\n%g %g %Lg %g\n", (double)sqrt(f * f), sqrt(whole), fma(l, f, d),
           creal(sqrt(dc * dc)));
}

int main(int argc, char **argv)
{
    for (size_t i = 0; i < COUNT; i++)
        parts_of(values[i]);
    for (size_t i = 0; i < COUNT; i++)
        for (size_t k = 0; k < COUNT; k++)
            classes(values[i], values[k]);
    directions();
    flags();
    if (argc > 1) /* QEMU's software emulation has no traps */
        traps();
    generic();
    (void)argv;
    return 0;
}
