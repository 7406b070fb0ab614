/* wctype and wctrans: kinds and mappings of wide characters by name. */
/* SPDX-License-Identifier: MIT */
#include <stddef.h>
#include <string.h>
#include <wctype.h>

static const struct {
    const char *name;
    int (*holds)(wint_t);
} kinds[] = {
    {"alnum", iswalnum}, {"alpha", iswalpha}, {"blank", iswblank}, {"cntrl", iswcntrl},
    {"digit", iswdigit}, {"graph", iswgraph}, {"lower", iswlower}, {"print", iswprint},
    {"punct", iswpunct}, {"space", iswspace}, {"upper", iswupper}, {"xdigit", iswxdigit},
};

#define N_KINDS (sizeof(kinds) / sizeof(kinds[0]))

enum { TO_LOWER = 1, TO_UPPER = 2 };

wctype_t wctype(const char *name)
{
    for (size_t i = 0; i < N_KINDS; i++)
        if (strcmp(kinds[i].name, name) == 0)
            return i + 1;
    return 0;
}

int iswctype(wint_t c, wctype_t kind)
{
    return kind - 1 < N_KINDS ? kinds[kind - 1].holds(c) : 0;
}

wctrans_t wctrans(const char *name)
{
    if (strcmp(name, "tolower") == 0)
        return TO_LOWER;
    return strcmp(name, "toupper") == 0 ? TO_UPPER : 0;
}

wint_t towctrans(wint_t c, wctrans_t mapping)
{
    return mapping == TO_LOWER ? towlower(c) : mapping == TO_UPPER ? towupper(c) : c;
}
