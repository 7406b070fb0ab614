/* bsearch: finds a key in a sorted array. */
/* SPDX-License-Identifier: MIT */
#include <stdlib.h>

void *bsearch(const void *key, const void *base, size_t n, size_t size,
              int (*compare)(const void *, const void *))
{
    const char *low = base;

    while (n > 0) {
        const char *middle = low + n / 2 * size;
        int order = compare(key, middle);

        if (order == 0)
            return (void *)middle;
        if (order > 0) {
            low = middle + size;
            n--;
        }
        n /= 2;
    }
    return NULL;
}
