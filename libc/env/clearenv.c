/* clearenv: removes every variable. */
#include <stdlib.h>
#include "env.h"

int clearenv(void)
{
    return env_clear();
}
