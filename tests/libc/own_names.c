/* A program may have functions of its own under names that the library has too: it links, and the
 * library's other functions, which are in the same files as those, are still the library's. */
/* SPDX-License-Identifier: MIT */
#include <stdarg.h>
#include <stddef.h>

static int own_calls;

void *reallocarray(void *block, size_t count, size_t size)
{
    (void)block, (void)count, (void)size;
    own_calls++;
    return NULL;
}

int putchar(int letter)
{
    own_calls++;
    return letter + 1;
}

size_t strlcpy(char *to, const char *from, size_t size)
{
    (void)to, (void)from, (void)size;
    own_calls++;
    return 12345;
}

int isalpha(int letter)
{
    own_calls++;
    return letter == '4';
}

int utimes(const char *path, int only)
{
    (void)path;
    own_calls++;
    return only;
}

/* After our own, whose prototypes need not be the library's. */
#define utimes  library_utimes
#define isalpha library_isalpha
#include "check.h"
#undef utimes
#undef isalpha
#include <ctype.h>

int main(void)
{
    char text[8] = "abc";
    void *none = reallocarray(NULL, 1, 1);
    CHECK(none == NULL);
    free(none);
    CHECK_EQ(putchar('a'), 'b');
    CHECK_EQ(strlcpy(text, "new", sizeof text), 12345);
    CHECK_STR(text, "abc");
    CHECK_EQ(isalpha('4'), 1);
    CHECK_EQ(utimes("/", 7), 7);
    CHECK_EQ(own_calls, 5);
    void *block = realloc(NULL, 10);
    CHECK(block != NULL && isalnum('4') && isalnum('a'));
    free(block);
    return check_done();
}
