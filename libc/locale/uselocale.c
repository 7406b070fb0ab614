/* The locale of a thread: uselocale, and what depends on it. */
/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include "locales.h"

static _Thread_local struct locale_kind *own; /* NULL: the global one */

const struct locale_kind *locale_now(void)
{
    return own ? own : &locale_global;
}

bool locale_is_utf8(void)
{
    return locale_now()->utf8 >> LC_CTYPE & 1;
}

size_t __mb_cur_max(void)
{
    return locale_is_utf8() ? 4 : 1;
}

locale_t uselocale(locale_t locale)
{
    locale_t before = own ? own : LC_GLOBAL_LOCALE;

    if (locale)
        own = locale == LC_GLOBAL_LOCALE ? NULL : locale;
    return before;
}
