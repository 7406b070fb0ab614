/* Prints where the kind, the width or the case of characters changes, over all of Unicode. */
/* SPDX-License-Identifier: MIT */
#include <locale.h>
#include <stdio.h>
#include <string.h>
#include <wchar.h>
#include <wctype.h>

static void describe(wint_t c, char *text)
{
    int (*const kinds[])(wint_t) = {iswalnum, iswalpha, iswblank, iswcntrl, iswdigit, iswgraph,
                                    iswlower, iswprint, iswpunct, iswspace, iswupper, iswxdigit};
    int bits = 0;

    for (int i = 0; i < 12; i++)
        bits |= !!kinds[i](c) << i;
    sprintf(text, "%03x width %d lower %+d upper %+d", bits, wcwidth((wchar_t)c),
            (int)(towlower(c) - c), (int)(towupper(c) - c));
}

int main(void)
{
    char now[80], before[80] = "";

    setlocale(LC_ALL, "C.UTF-8");
    for (wint_t c = 0; c < 0x110000; c++) {
        describe(c, now);
        if (strcmp(now, before) != 0)
            printf("%06x %s\n", c, now);
        strcpy(before, now);
    }
}
