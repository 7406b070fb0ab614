/* Bracket expressions: parsing, and the test of a character. */
/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>
#include "program.h"

/* An element: a character, or a kind such as [:alpha:]. */
struct element {
    bool is_kind, is_hyphen;
    wctype_t kind;
    wint_t c;
};

bool set_has(const struct set *set, wint_t c)
{
    if (c < 128 && set->bits[c / 8] >> c % 8 & 1)
        return true;
    for (int i = 0; i < set->n_ranges; i++)
        if (c >= set->ranges[i].low && c <= set->ranges[i].high)
            return true;
    for (int i = 0; i < set->n_kinds; i++)
        if (iswctype(c, set->kinds[i]))
            return true;
    return false;
}

static int add_range(struct set *set, wint_t low, wint_t high)
{
    if (low > high)
        return REG_ERANGE;
    for (wint_t c = low; c < 128 && c <= high; c++)
        set->bits[c / 8] |= (unsigned char)(1 << c % 8);
    if (high < 128)
        return 0;
    struct range *more = reallocarray(set->ranges, (size_t)set->n_ranges + 1, sizeof(*set->ranges));
    if (!more)
        return REG_ESPACE;
    set->ranges = more;
    set->ranges[set->n_ranges++] = (struct range){low, high};
    return 0;
}

static int add_kind(struct set *set, wctype_t kind)
{
    for (int i = 0; i < set->n_kinds; i++)
        if (set->kinds[i] == kind)
            return 0;
    set->kinds[set->n_kinds++] = kind;
    return 0;
}

static int read_char(const char **at, wint_t *c)
{
    mbstate_t state = {0};
    wchar_t wide;
    size_t length = mbrtowc(&wide, *at, MB_LEN_MAX, &state);

    if (length == 0)
        return REG_EBRACK;
    if (length > MB_LEN_MAX)
        return REG_BADPAT;
    *at += length;
    *c = (wint_t)wide;
    return 0;
}

/* [:name:] */
static int read_kind(const char **at, struct element *element)
{
    const char *name = *at + 2, *end = strstr(name, ":]");
    char copy[16] = "";

    if (!end)
        return REG_EBRACK;
    if ((size_t)(end - name) < sizeof(copy))
        memcpy(copy, name, (size_t)(end - name));
    *element = (struct element){.is_kind = true, .kind = wctype(copy)};
    *at = end + 2;
    return element->kind ? 0 : REG_ECTYPE;
}

/* [.c.] and [=c=]: in our locales there are no elements of several characters. */
static int read_named(const char **at, struct element *element)
{
    char mark = (*at)[1];
    const char *name = *at + 2;

    if (!*name)
        return REG_EBRACK;
    int error = read_char(&name, &element->c);
    if (error)
        return error;
    if (name[0] == mark && name[1] == ']') {
        *at = name + 2;
        return 0;
    }
    const char end[] = {mark, ']', '\0'};
    return strstr(name, end) ? REG_ECOLLATE : REG_EBRACK;
}

static int read_element(const char **at, struct element *element)
{
    *element = (struct element){0};
    if (**at == '[' && (*at)[1] == ':')
        return read_kind(at, element);
    if (**at == '[' && ((*at)[1] == '.' || (*at)[1] == '='))
        return read_named(at, element);
    element->is_hyphen = **at == '-';
    return read_char(at, &element->c);
}

/* Reads an element or a range, and adds it. A hyphen that is no mark of a range must be the first
 * element or the last, or end a range. */
static int read_item(struct set *set, const char **at, bool is_first)
{
    struct element low, high;
    int error = read_element(at, &low);

    if (error)
        return error;
    if (low.is_hyphen && !is_first && **at != ']')
        return REG_ERANGE;
    if (**at != '-' || (*at)[1] == ']')
        return low.is_kind ? add_kind(set, low.kind) : add_range(set, low.c, low.c);
    ++*at;
    error = read_element(at, &high);
    if (error)
        return error;
    return low.is_kind || high.is_kind ? REG_ERANGE : add_range(set, low.c, high.c);
}

int regex_parse_bracket(struct set *set, const char **at, int flags)
{
    set->negated = **at == '^';
    *at += set->negated;
    for (bool is_first = true; is_first || **at != ']'; is_first = false) {
        int error = **at ? read_item(set, at, is_first) : REG_EBRACK;

        if (error)
            return error;
    }
    ++*at;
    return set->negated && flags & REG_NEWLINE ? add_range(set, '\n', '\n') : 0;
}
