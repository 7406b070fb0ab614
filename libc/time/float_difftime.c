/* difftime: a difference of times in seconds. */
/* SPDX-License-Identifier: MIT */
#include <time.h>

double difftime(time_t later, time_t earlier)
{
    return (double)(later - earlier);
}
