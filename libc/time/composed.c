/* The formats of dates that are made of others: shared by strftime and strptime. */
/* SPDX-License-Identifier: MIT */
#include <stddef.h>
#include "calendar.h"

const char *date_composed(char letter)
{
    switch (letter) {
    case 'c': return "%a %b %e %H:%M:%S %Y";
    case 'D':
    case 'x': return "%m/%d/%y";
    case 'F': return "%Y-%m-%d";
    case 'r': return "%I:%M:%S %p";
    case 'R': return "%H:%M";
    case 'T':
    case 'X': return "%H:%M:%S";
    }
    return NULL;
}
