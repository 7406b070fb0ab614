/* What the compiler calls where a function has overwritten its canary: the program ends. */
/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include "syscall.h"

_Noreturn void __stack_chk_fail(void);

/* Without stdio: the stack is not to be trusted. */
_Noreturn void __stack_chk_fail(void)
{
    static const char text[] = "stack smashing detected\n";

    sys_write(2, text, sizeof(text) - 1);
    abort();
}
