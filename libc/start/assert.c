/* The message of a failed assert(). */
/* SPDX-License-Identifier: MIT */
#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

_Noreturn void __assert_fail(const char *claim, const char *file, int line, const char *function)
{
    dprintf(2, "%s: %s:%d: %s: Assertion `%s' failed.\n", program_invocation_short_name, file, line,
            function, claim);
    abort();
}
