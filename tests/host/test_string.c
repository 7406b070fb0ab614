/* Memory and string functions against the host's own, over lengths, alignments and overlaps. */
/* SPDX-License-Identifier: MIT */
#include <string.h>
#include "tap.h"

static void *(*host_memcpy)(void *, const void *, size_t) = memcpy;
static void *(*host_memmove)(void *, const void *, size_t) = memmove;
static void *(*host_memset)(void *, int, size_t) = memset;
static int (*host_memcmp)(const void *, const void *, size_t) = memcmp;
static size_t (*host_strlen)(const char *) = strlen;

#include "rename.h"
#include "lib.h"

static int sign(int x)
{
    return (x > 0) - (x < 0);
}

static void fill(unsigned char *at, size_t n)
{
    for (size_t i = 0; i < n; i++)
        at[i] = (unsigned char)(i * 37 + 11);
}

static int copies_agree(void)
{
    unsigned char a[200], b[200], from[200];
    fill(from, 200);
    for (size_t n = 0; n < 120; n++)
        for (size_t skew = 0; skew < 9; skew++) {
            host_memset(a, 0, 200);
            host_memset(b, 0, 200);
            memcpy(a + skew, from + 8 - skew, n);
            host_memcpy(b + skew, from + 8 - skew, n);
            if (host_memcmp(a, b, 200) != 0)
                return 0;
        }
    return 1;
}

static int moves_agree(void)
{
    unsigned char a[260], b[260];
    for (size_t n = 0; n < 130; n++)
        for (size_t to = 0; to < 100; to += 7)
            for (size_t from = 0; from < 100; from += 3) {
                fill(a, 260);
                fill(b, 260);
                memmove(a + to, a + from, n);
                host_memmove(b + to, b + from, n);
                if (host_memcmp(a, b, 260) != 0)
                    return 0;
            }
    return 1;
}

static int sets_agree(void)
{
    unsigned char a[160], b[160];
    for (size_t n = 0; n < 130; n++)
        for (size_t at = 0; at < 9; at++) {
            fill(a, 160);
            fill(b, 160);
            memset(a + at, (int)(0x180 + n), n);
            host_memset(b + at, (int)(0x180 + n), n);
            if (host_memcmp(a, b, 160) != 0)
                return 0;
        }
    return 1;
}

static int compares_agree(void)
{
    unsigned char a[64], b[64];
    for (size_t n = 0; n < 64; n++)
        for (size_t change = 0; change <= n; change++)
            for (int delta = -1; delta <= 1; delta += 2) {
                fill(a, 64);
                fill(b, 64);
                if (change < 64)
                    b[change] = (unsigned char)(b[change] + delta * 100);
                if (sign(memcmp(a, b, n)) != sign(host_memcmp(a, b, n)))
                    return 0;
            }
    return 1;
}

static void test_strings(void)
{
    char small[4];
    ok(strlen("") == 0 && strlen("abc") == host_strlen("abc"), "strlen");
    ok(strnlen("abc", 2) == 2 && strnlen("abc", 9) == 3, "strnlen");
    ok(strcmp("a", "b") < 0 && strcmp("b", "a") > 0 && strcmp("ab", "ab") == 0, "strcmp order");
    ok(strcmp("\xff", "a") > 0, "strcmp compares unsigned bytes");
    ok(strncmp("abc", "abd", 2) == 0 && strncmp("abc", "abd", 3) < 0, "strncmp stops at n");
    ok(strncmp("ab", "ab\0x", 4) == 0, "strncmp stops at NUL");
    const char *path = "/a/b";
    ok(strchr(path, '/') == path && strrchr(path, '/') == path + 2, "strchr and strrchr");
    ok(strchr(path, 'z') == NULL && strchr(path, 0) == path + 4, "strchr of absent and of NUL");
    ok(strlcpy(small, "abcdef", 4) == 6 && strcmp(small, "abc") == 0, "strlcpy cuts");
    ok(memchr("abc", 'c', 2) == NULL && memchr("abc", 'b', 3) != NULL, "memchr");
}

static void test_numbers(void)
{
    uint64_t v = 7;
    ok(number_parse("1f", 2, 16, &v) && v == 31, "hexadecimal");
    ok(number_parse("0777", 4, 8, &v) && v == 0777, "octal");
    ok(number_parse("18446744073709551615", 20, 10, &v) && v == UINT64_MAX, "the largest number");
    ok(!number_parse("18446744073709551616", 20, 10, &v), "one more overflows");
    ok(!number_parse("", 0, 10, &v) && !number_parse("1x", 2, 10, &v), "empty, and a bad digit");
    ok(!number_parse("8", 1, 8, &v) && !number_parse("-1", 2, 10, &v), "8 in octal, and a sign");
}

int main(void)
{
    ok(copies_agree(), "memcpy as the host's");
    ok(moves_agree(), "memmove as the host's, overlapping both ways");
    ok(sets_agree(), "memset as the host's");
    ok(compares_agree(), "memcmp as the host's");
    test_strings();
    test_numbers();
    return tap_done();
}
