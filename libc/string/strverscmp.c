/* strverscmp: strcmp that takes runs of digits as numbers. */
#include <ctype.h>
#include <string.h>

static size_t digits(const char *text)
{
    size_t n = 0;

    while (isdigit((unsigned char)text[n]))
        n++;
    return n;
}

int strverscmp(const char *a, const char *b)
{
    size_t same = 0;

    while (a[same] && a[same] == b[same])
        same++;
    size_t start = same;
    while (start > 0 && isdigit((unsigned char)a[start - 1]))
        start--;
    size_t a_digits = digits(a + start), b_digits = digits(b + start);
    if (a_digits && b_digits && a[start] != '0' && b[start] != '0' && a_digits != b_digits)
        return a_digits < b_digits ? -1 : 1;
    return (unsigned char)a[same] - (unsigned char)b[same];
}
