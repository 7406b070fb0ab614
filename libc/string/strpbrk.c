/* strpbrk: the first byte that is in a set. */
#include <string.h>

char *strpbrk(const char *text, const char *stop)
{
    text += strcspn(text, stop);
    return *text ? (char *)text : NULL;
}
