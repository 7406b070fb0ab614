/* Locales as objects: newlocale, duplocale, freelocale. */
/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdlib.h>
#include "locales.h"
#include "syscall.h"

locale_t newlocale(int mask, const char *name, locale_t base)
{
    struct locale_kind kind = base ? *base : (struct locale_kind){0};

    if (mask & ~LC_ALL_MASK || !name)
        return fail_null(EINVAL);
    if (!locale_set(&kind, mask, name))
        return fail_null(ENOENT);
    locale_t locale = base ? base : malloc(sizeof(*locale));
    if (locale)
        *locale = kind;
    return locale;
}

locale_t duplocale(locale_t locale)
{
    locale_t copy = malloc(sizeof(*copy));

    if (copy)
        *copy = locale == LC_GLOBAL_LOCALE ? locale_global : *locale;
    return copy;
}

void freelocale(locale_t locale)
{
    free(locale);
}
