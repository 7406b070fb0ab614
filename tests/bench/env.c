/* The environment: variables read and changed, few and many. */
/* SPDX-License-Identifier: MIT */
#include "bench.h"

#include <stdio.h>
#include <stdlib.h>

static long n_variables;

static void fill(long n)
{
    char name[32];
    for (n_variables = 0; n_variables < n; n_variables++) {
        sprintf(name, "VARIABLE_%ld", n_variables);
        MUST(setenv(name, "some value", 1));
    }
}

static void empty(long n)
{
    char name[32];
    for (long i = 0; i < n; i++) {
        sprintf(name, "VARIABLE_%ld", i);
        MUST(unsetenv(name));
    }
}

/* The one in the middle. */
static void call_getenv(long n)
{
    char name[32];
    sprintf(name, "VARIABLE_%ld", n_variables / 2);
    while (n-- > 0)
        if (!getenv(name))
            fail("getenv");
}

/* The one in the middle gets values of two lengths in turn. */
static void call_putenv(long n)
{
    static char shorter[48], longer[48];
    sprintf(shorter, "VARIABLE_%ld=x", n_variables / 2);
    sprintf(longer, "VARIABLE_%ld=xyz", n_variables / 2);
    while (n-- > 0)
        MUST(-putenv(n & 1 ? shorter : longer));
}

static const struct row rows[] = {
    {"getenv-10", call_getenv, 1000, fill, empty, 10, 0},
    {"getenv-1000", call_getenv, 100, fill, empty, 1000, 0},
    {"putenv-10", call_putenv, 1000, fill, empty, 10, 0},
    {"putenv-1000", call_putenv, 100, fill, empty, 1000, 0},
};
const struct group env_group = {"env", rows, sizeof(rows) / sizeof(rows[0])};
