/* Looking a variable up: what getenv alone needs. */
#include <string.h>
#include "env.h"
#include "start.h"

long env_find(const char *name, size_t length)
{
    if (!environ || length == 0)
        return -1;
    for (long i = 0; environ[i]; i++) {
        const char *entry = environ[i];

        if (*entry == *name && strncmp(entry, name, length) == 0 && entry[length] == '=')
            return i;
    }
    return -1;
}
