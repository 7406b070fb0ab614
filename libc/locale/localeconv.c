/* localeconv: a point in numbers, and no form for money. */
/* SPDX-License-Identifier: MIT */
#include <limits.h>
#include <locale.h>

struct lconv *localeconv(void)
{
    static struct lconv c = {
        ".",      "",       "",       "",       "",       "",       "",       "",
        "",       "",       CHAR_MAX, CHAR_MAX, CHAR_MAX, CHAR_MAX, CHAR_MAX, CHAR_MAX,
        CHAR_MAX, CHAR_MAX, CHAR_MAX, CHAR_MAX, CHAR_MAX, CHAR_MAX, CHAR_MAX, CHAR_MAX,
    };

    return &c;
}
