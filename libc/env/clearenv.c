/* clearenv: removes every variable. */
/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include "env.h"

int clearenv(void)
{
    return env_clear();
}
