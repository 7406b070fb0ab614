/* strverscmp: strcmp that compares runs of digits as numbers. */
/* SPDX-License-Identifier: MIT */
#include <ctype.h>
#include <stdbool.h>
#include <string.h>

static size_t digits(const char *text)
{
    size_t n = 0;

    while (isdigit((unsigned char)text[n]))
        n++;
    return n;
}

/* At the first byte in which two texts differ, the runs of digits around it decide. A run that
 * begins with a zero is a fraction, like the digits after a point: 000 < 00 < 01 < 010 < 09 < 0 <
 * 1. Zeros that both have do not count, and the run that has more of them is smaller. */
int strverscmp(const char *a, const char *b)
{
    size_t same = 0;

    while (a[same] && a[same] == b[same])
        same++;
    size_t start = same;
    while (start > 0 && isdigit((unsigned char)a[start - 1]))
        start--;
    size_t a_digits = digits(a + start), b_digits = digits(b + start);
    bool fraction = a[start] == '0' && b[start] == '0' && a_digits && b_digits;
    if (!fraction && a_digits && b_digits && a[start] != '0' && b[start] != '0' &&
        a_digits != b_digits)
        return a_digits < b_digits ? -1 : 1;
    size_t zeros = start;
    while (zeros < same && a[zeros] == '0')
        zeros++;
    if (zeros == same && same > start && fraction) {
        bool a_more = isdigit((unsigned char)a[same]), b_more = isdigit((unsigned char)b[same]);
        if (a_more != b_more) /* all zeros so far, and one run is longer: it is smaller */
            return a_more ? -1 : 1;
    }
    return (unsigned char)a[same] - (unsigned char)b[same];
}
