/* strchr: the first such byte of a string. */
#include <string.h>

char *strchr(const char *text, int c)
{
    char *found = strchrnul(text, c);

    return *found == (char)c ? found : NULL;
}
