/* clearenv: removes every variable. */
/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include "env.h"

int clearenv(void)
{
    lock_take(&env_lock);
    int result = env_clear();
    lock_give(&env_lock);
    return result;
}
