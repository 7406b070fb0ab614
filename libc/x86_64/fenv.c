/* The floating point unit's flags and rounding, of x87 and SSE at once.
 *
 * The flags of the two are read together and cleared together. They are raised in SSE's, which a
 * program can write without the rest of the environment. The masks of SSE are 7 bits above its
 * flags, its direction 3 bits above the x87's. */
/* SPDX-License-Identifier: MIT */
#include <fenv.h>
#include <stdint.h>

#define SSE_MASKS     7
#define SSE_DIRECTION 3
#define EVERY_FLAG    0x3f /* with the one for denormal operands */

static uint32_t sse(void)
{
    uint32_t word;

    __asm__ volatile("stmxcsr %0" : "=m"(word));
    return word;
}

static void set_sse(uint32_t word)
{
    __asm__ volatile("ldmxcsr %0" : : "m"(word));
}

static uint16_t control(void)
{
    uint16_t word;

    __asm__ volatile("fnstcw %0" : "=m"(word));
    return word;
}

static void set_control(uint16_t word)
{
    __asm__ volatile("fldcw %0" : : "m"(word));
}

static uint16_t status(void)
{
    uint16_t word;

    __asm__ volatile("fnstsw %0" : "=m"(word));
    return word;
}

/* Storing the environment masks all exceptions of the x87, and loading sets them again. QEMU 10
 * faults if FLDENV reads what may not be written, so it reads a copy. */
static void load(const fenv_t *environment)
{
    fenv_t copy = *environment;

    __asm__ volatile("fldenv %0" : : "m"(copy));
}

static void store(fenv_t *environment)
{
    __asm__ volatile("fnstenv %0" : "=m"(*environment));
}

int feclearexcept(int exceptions)
{
    fenv_t environment;

    exceptions &= FE_ALL_EXCEPT;
    if (status() & exceptions) {
        store(&environment);
        environment.__status &= (uint16_t)~exceptions;
        load(&environment);
    }
    set_sse(sse() & ~(uint32_t)exceptions);
    return 0;
}

/* A flag that is set by hand raises nothing, so an exception that is asked for is caused. */
static void cause(int exceptions)
{
    volatile float zero = 0, least = 0x1p-126F, most = 0x1p127F, result;

    if (exceptions & FE_INVALID)
        result = zero / zero;
    if (exceptions & FE_DIVBYZERO)
        result = most / zero;
    if (exceptions & FE_OVERFLOW)
        result = most * most;
    if (exceptions & FE_UNDERFLOW)
        result = least * least;
    if (exceptions & FE_INEXACT)
        result = most + least;
    (void)result;
}

int feraiseexcept(int exceptions)
{
    exceptions &= FE_ALL_EXCEPT;
    cause(exceptions & fegetexcept());
    set_sse(sse() | (uint32_t)exceptions);
    return 0;
}

int fetestexcept(int exceptions)
{
    return (int)(sse() | status()) & exceptions & FE_ALL_EXCEPT;
}

int fegetexceptflag(fexcept_t *flags, int exceptions)
{
    *flags = (fexcept_t)fetestexcept(exceptions);
    return 0;
}

int fesetexceptflag(const fexcept_t *flags, int exceptions)
{
    feclearexcept(exceptions & ~*flags);
    set_sse(sse() | (uint32_t)(*flags & exceptions & FE_ALL_EXCEPT));
    return 0;
}

int fegetround(void)
{
    return control() & FE_TOWARDZERO;
}

int fesetround(int direction)
{
    if (direction & ~FE_TOWARDZERO)
        return -1;
    set_control((uint16_t)((control() & ~FE_TOWARDZERO) | direction));
    uint32_t others = sse() & ~((uint32_t)FE_TOWARDZERO << SSE_DIRECTION);
    set_sse(others | (uint32_t)direction << SSE_DIRECTION);
    return 0;
}

int fegetenv(fenv_t *environment)
{
    store(environment);
    load(environment);
    environment->__mxcsr = sse();
    return 0;
}

int feholdexcept(fenv_t *environment)
{
    fegetenv(environment);
    feclearexcept(FE_ALL_EXCEPT);
    fedisableexcept(FE_ALL_EXCEPT);
    return 0;
}

int fesetenv(const fenv_t *environment)
{
    static const fenv_t initial = {.__control = 0x37f, .__tags = 0xffff, .__mxcsr = 0x1f80};

    if (environment == FE_DFL_ENV)
        environment = &initial;
    load(environment);
    set_sse(environment->__mxcsr);
    return 0;
}

int feupdateenv(const fenv_t *environment)
{
    int raised = fetestexcept(FE_ALL_EXCEPT);

    fesetenv(environment);
    return feraiseexcept(raised);
}

int fegetexcept(void)
{
    return ~control() & FE_ALL_EXCEPT;
}

/* Clears the masks of `enabled`, sets those of `disabled`. */
static int change_masks(int enabled, int disabled)
{
    int before = fegetexcept();

    if ((enabled | disabled) & ~EVERY_FLAG)
        return -1;
    set_control((uint16_t)((control() & ~enabled) | disabled));
    uint32_t others = sse() & ~((uint32_t)enabled << SSE_MASKS);
    set_sse(others | (uint32_t)disabled << SSE_MASKS);
    return before;
}

int feenableexcept(int exceptions)
{
    return change_masks(exceptions & FE_ALL_EXCEPT, 0);
}

int fedisableexcept(int exceptions)
{
    return change_masks(0, exceptions & FE_ALL_EXCEPT);
}
