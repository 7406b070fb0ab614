/* The floating point unit: which exceptions have happened, and how results are rounded.
 *
 * There are two units, the x87 for long double and SSE for the rest; the functions set both. An
 * exception only sets its flag, unless feenableexcept asks for SIGFPE. */
/* SPDX-License-Identifier: MIT */
#pragma once

#define FE_INVALID    0x01
#define FE_DIVBYZERO  0x04
#define FE_OVERFLOW   0x08
#define FE_UNDERFLOW  0x10
#define FE_INEXACT    0x20
#define FE_ALL_EXCEPT 0x3d

#define FE_TONEAREST  0
#define FE_DOWNWARD   0x400
#define FE_UPWARD     0x800
#define FE_TOWARDZERO 0xc00

typedef unsigned short fexcept_t;

/* The x87's environment as the processor stores it, and the control and status of SSE. */
typedef struct {
    unsigned short __control, __reserved1, __status, __reserved2, __tags, __reserved3;
    unsigned int __last[4];
    unsigned int __mxcsr;
} fenv_t;

#define FE_DFL_ENV ((const fenv_t *)-1)

/* All return 0, or another number if an argument is wrong. */
int feclearexcept(int exceptions);
int fegetexceptflag(fexcept_t *flags, int exceptions);
int feraiseexcept(int exceptions);
int fesetexceptflag(const fexcept_t *flags, int exceptions);
int fesetround(int direction);
int fegetenv(fenv_t *environment);
int feholdexcept(fenv_t *environment);
int fesetenv(const fenv_t *environment);
int feupdateenv(const fenv_t *environment);

/* These return what is asked for: exceptions or the direction. */
int fetestexcept(int exceptions);
int fegetround(void);

/* Exceptions that send SIGFPE; the results are those that did so before, or -1. */
int feenableexcept(int exceptions);
int fedisableexcept(int exceptions);
int fegetexcept(void);
