/* What a locale is: for each category, whether it is C.UTF-8 or C. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <locale.h>
#include <stdbool.h>

#define LOCALE_CATEGORIES LC_ALL

struct locale_kind {
    unsigned char utf8; /* a bit for each category */
};

/* What setlocale changes. */
extern struct locale_kind locale_global;

/* The locale of the calling thread. */
const struct locale_kind *locale_now(void);

/* Are characters UTF-8? */
bool locale_is_utf8(void);

/* Sets the categories of the mask by a name, as setlocale takes it; false if there is none such. */
bool locale_set(struct locale_kind *locale, int mask, const char *name);
