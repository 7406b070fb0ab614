/* The look-up of a variable, in a file of its own: getenv needs nothing else. */
/* SPDX-License-Identifier: MIT */
#include "env.h"
#include "start.h"

#define N_HINTS 1024

unsigned env_lock;
struct env_array env_array;

/* By the hash of a name: the place in environ where it was last found, plus 1. It is only a hint:
 * the entry there is compared before it is used, so a change need not correct the hints. */
static unsigned int hints[N_HINTS];

static unsigned int *hint_of(const char *name, size_t length)
{
    unsigned int hash = 2166136261u;

    for (size_t i = 0; i < length; i++)
        hash = (hash ^ (unsigned char)name[i]) * 16777619u;
    return &hints[(hash ^ hash >> 16) % N_HINTS];
}

static bool names(const char *entry, const char *name, size_t length)
{
    for (; length > 0; length--)
        if (*entry++ != *name++)
            return false;
    return *entry == '=';
}

long env_find(const char *name, size_t length)
{
    if (!environ || length == 0)
        return -1;
    unsigned int *hint = environ == env_array.entries ? hint_of(name, length) : NULL;
    if (hint && *hint && *hint <= env_array.n && names(environ[*hint - 1], name, length))
        return *hint - 1;
    for (long i = 0; environ[i]; i++)
        if (names(environ[i], name, length)) {
            if (hint)
                *hint = (unsigned int)i + 1;
            return i;
        }
    return -1;
}
