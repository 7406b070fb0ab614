/* putenv: the string itself becomes part of environ, as POSIX wants it: it stays the caller's
 * memory, outside the block, and is not seen in /proc/self/environ. setenv and os.putenv copy
 * instead. */
#include <stdlib.h>
#include <string.h>
#include "env.h"

int putenv(char *entry)
{
    size_t length = strcspn(entry, "=");

    return entry[length] == '=' ? env_link(entry, length) : unsetenv(entry);
}
