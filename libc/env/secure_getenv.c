/* secure_getenv: getenv for programs that may run with more rights than their caller. */
/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <sys/auxv.h>

char *secure_getenv(const char *name)
{
    return getauxval(AT_SECURE) ? NULL : getenv(name);
}
