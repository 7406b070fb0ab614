/* strverscmp: strcmp that compares runs of digits as numbers. */
/* SPDX-License-Identifier: MIT */
#include <ctype.h>
#include <stdbool.h>
#include <string.h>

/* At the first byte in which the texts differ, the runs of digits that contain it decide. A run
 * that begins with a zero and whose zeros are not all in common is a fraction, like digits after a
 * point: 000 < 00 < 01 < 010 < 09 < 0. Fractions are compared digit by digit, and where one ends
 * after zeros only, the longer one is smaller. Other runs are whole numbers: the longer one is
 * larger. */
int strverscmp(const char *left, const char *right)
{
    const unsigned char *a = (const unsigned char *)left, *b = (const unsigned char *)right;
    size_t same = 0, run = 0; /* where the run of digits before the difference begins */
    bool zeros = true;        /* it has only zeros so far */

    for (; a[same] == b[same]; same++) {
        if (!a[same])
            return 0;
        if (!isdigit(a[same])) {
            run = same + 1;
            zeros = true;
        } else if (a[same] != '0') {
            zeros = false;
        }
    }
    int difference = a[same] - b[same];
    bool in_run = same > run, fraction = in_run ? a[run] == '0' : a[same] == '0' || b[same] == '0';
    if (fraction) {
        if (in_run && zeros && isdigit(a[same]) != isdigit(b[same]))
            return isdigit(a[same]) ? -1 : 1;
        return difference;
    }
    if (!in_run && !(isdigit(a[same]) && isdigit(b[same])))
        return difference;
    size_t i = same, k = same;
    while (isdigit(a[i]))
        i++;
    while (isdigit(b[k]))
        k++;
    return i == k ? difference : i < k ? -1 : 1;
}
