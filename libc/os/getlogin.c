/* os.getlogin. */
/* SPDX-License-Identifier: MIT */
#include <string.h>
#include "os_internal.h"

char *os_getlogin(void)
{
    char *name = getlogin();

    return name ? strdup(name) : NULL;
}
