/* fnmatch: does a name match a shell pattern? */
/* SPDX-License-Identifier: MIT */
#include <ctype.h>
#include <fnmatch.h>
#include <stdbool.h>
#include <string.h>

static int fold(char c, int flags)
{
    return flags & FNM_CASEFOLD ? tolower((unsigned char)c) : (unsigned char)c;
}

static const struct {
    const char *name;
    int (*test)(int);
} classes[] = {
    {"alnum", isalnum}, {"alpha", isalpha}, {"blank", isblank}, {"cntrl", iscntrl},
    {"digit", isdigit}, {"graph", isgraph}, {"lower", islower}, {"print", isprint},
    {"punct", ispunct}, {"space", isspace}, {"upper", isupper}, {"xdigit", isxdigit},
};

static bool in_class(const char *name, size_t length, int c)
{
    for (size_t i = 0; i < sizeof(classes) / sizeof(classes[0]); i++)
        if (strlen(classes[i].name) == length && memcmp(classes[i].name, name, length) == 0)
            return classes[i].test(c);
    return false;
}

/* Matches one character with the bracket expression at `at`, after its "[". *end is the place after
 * its "]", or NULL if there is none. */
static bool bracket(const char *at, char c, int flags, const char **end)
{
    bool negated = *at == '!' || *at == '^', found = false;
    const char *first = at += negated;

    for (*end = NULL; *at && (*at != ']' || at == first); at++) {
        if (at[0] == '[' && at[1] == ':') {
            const char *close = strstr(at + 2, ":]");

            if (close) {
                found |= in_class(at + 2, (size_t)(close - at - 2), (unsigned char)c);
                at = close + 1;
                continue;
            }
        }
        if (*at == '\\' && !(flags & FNM_NOESCAPE) && at[1])
            at++;
        char low = *at, high = low;
        if (at[1] == '-' && at[2] && at[2] != ']') {
            at += 2;
            if (*at == '\\' && !(flags & FNM_NOESCAPE) && at[1])
                at++;
            high = *at;
        }
        found |= fold(c, flags) >= fold(low, flags) && fold(c, flags) <= fold(high, flags);
    }
    if (*at == ']')
        *end = at + 1;
    return found != negated;
}

/* A star does not match a slash under FNM_PATHNAME. */
static bool star_ends(char c, int flags)
{
    return !c || (c == '/' && flags & FNM_PATHNAME);
}

static bool hidden(const char *name, const char *start, int flags)
{
    if (*name != '.' || !(flags & FNM_PERIOD))
        return false;
    return name == start || (flags & FNM_PATHNAME && name[-1] == '/');
}

/* Matches one character of the name with one element of the pattern, which is not a star. */
static bool match_one(const char **pattern, char c, int flags)
{
    const char *at = *pattern, *end;

    *pattern = at + 1;
    if (*at == '?')
        return !(c == '/' && flags & FNM_PATHNAME);
    if (*at == '[') {
        bool found = bracket(at + 1, c, flags, &end);

        if (end) {
            *pattern = end;
            return found && !(c == '/' && flags & FNM_PATHNAME);
        }
    }
    if (*at == '\\' && !(flags & FNM_NOESCAPE)) {
        if (!at[1])
            return false; /* a backslash at the end escapes nothing */
        *pattern = ++at + 1;
    }
    return fold(*at, flags) == fold(c, flags);
}

/* After a mismatch the last star matches one character more. Earlier stars need not be tried again,
 * so there is no recursion. */
int fnmatch(const char *pattern, const char *name, int flags)
{
    const char *start = name, *star = NULL, *star_name = NULL;

    while (*name || *pattern) {
        if (*pattern == '*' && !hidden(name, start, flags)) {
            star = ++pattern;
            star_name = name;
            continue;
        }
        bool special = *pattern == '?' || *pattern == '[' || *pattern == '*';
        if (*name && *pattern && !(special && hidden(name, start, flags)) &&
            match_one(&pattern, *name, flags)) {
            name++;
            continue;
        }
        if (!star || star_ends(*star_name, flags))
            return FNM_NOMATCH;
        pattern = star;
        name = ++star_name;
    }
    return 0;
}
