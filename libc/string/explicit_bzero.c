/* explicit_bzero: clears what will not be read again, which a compiler would leave out. */
#include <string.h>

void explicit_bzero(void *block, size_t size)
{
    memset(block, 0, size);
    __asm__ volatile("" : : "r"(block) : "memory");
}
