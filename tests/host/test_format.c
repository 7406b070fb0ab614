/* Formatted printing against the host's snprintf. */
/* SPDX-License-Identifier: MIT */
#include <limits.h>
#include <string.h>
#include "lib.h"
#include "tap.h"

#define same(...)                                                             \
    do {                                                                      \
        char got[120], wanted[120];                                           \
        int n = format(got, sizeof(got), __VA_ARGS__);                        \
        int m = snprintf(wanted, sizeof(wanted), __VA_ARGS__);                \
        ok(n == m && strcmp(got, wanted) == 0, "%s", #__VA_ARGS__);           \
        if (n != m || strcmp(got, wanted) != 0)                               \
            printf("# got '%s' (%d), wanted '%s' (%d)\n", got, n, wanted, m); \
    } while (0)

static void test_widths(int width, int precision)
{
    same("[%*d]", width, 42);
    same("[%-*d]", width, 42);
    same("[%0*d]", max(width, 0), -42);
    same("[%.*d]", precision, 42);
    same("[%*.*x]", width, precision, 0xbeef);
    same("[%*.*s]", width, precision, "hello");
    same("[%-*.*s]", width, precision, "hello");
}

#pragma GCC diagnostic ignored "-Wformat" /* the C standard frowns on some that work */

int main(void)
{
    same("plain");
    same("%d %i %u", INT_MIN, INT_MAX, UINT_MAX);
    same("%ld %lu %lld %llu", LONG_MIN, ULONG_MAX, LLONG_MAX, ULLONG_MAX);
    same("%zu %zd", (size_t)-1, (ssize_t)-1);
    same("%hhd %hhu %hd %hu", 300, 300, 70000, 70000);
    same("%x %X %#x %#X %#x", 0xabc, 0xabc, 0xabc, 0xabc, 0);
    same("%o %#o %#o", 0777, 0777, 0);
    same("%+d % d %+d", 5, 5, -5);
    same("%08x|%-8x|%8x", 0x1234, 0x1234, 0x1234);
    same("%#010x|%#-10x|", 0x1234, 0x1234);
    same("%.0d|%.3d|%8.3d|%-8.3d|%08.3d", 0, 5, 5, 5, 5);
    same("%s|%.2s|%10s|%-10s|", "abc", "abc", "abc", "abc");
    same("%c%c|%3c|%-3c|", 'a', 'b', 'c', 'd');
    same("%p", (void *)0x1234);
    same("100%%");
    for (int width = -12; width <= 12; width += 4)
        for (int precision = 0; precision <= 8; precision += 4)
            test_widths(width, precision);

    char small[4] = "xxx";
    ok(format(small, 4, "%s", "abcdef") == 6 && strcmp(small, "abc") == 0, "cuts, counts all");
    ok(format(small, 1, "abc") == 3 && small[0] == '\0', "size 1 holds the NUL alone");
    ok(format(NULL, 0, "abc") == 3, "size 0 writes nothing");
    const char *volatile null = NULL;
    ok(format(small, sizeof(small), "%.2s", null) == 2, "NULL as a string does no harm");
    return tap_done();
}
