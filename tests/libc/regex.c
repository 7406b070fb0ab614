/* Regular expressions where size matters: what would take exponential time elsewhere is linear, and
 * what is too large is refused. tests/libc/same/regex.c compares the rest with the host's library.
 */
/* SPDX-License-Identifier: MIT */
#include "check.h"
#include <locale.h>
#include <regex.h>

static char *filled(const char *part, int n, const char *end)
{
    char *text = malloc(strlen(part) * (size_t)n + strlen(end) + 1), *at = text;

    while (n-- > 0)
        at = stpcpy(at, part);
    strcpy(at, end);
    return text;
}

/* regcomp and regexec; the text and the pattern are freed if they are to be. */
static int matches(char *pattern, int flags, const char *text, regmatch_t match[3])
{
    regex_t regex;
    int error = regcomp(&regex, pattern, flags);

    if (error)
        return error;
    error = regexec(&regex, text, 3, match, 0);
    regfree(&regex);
    return error;
}

static void long_texts(void)
{
    regmatch_t match[3];
    char *text = filled("a", 60000, "");

    CHECK_EQ(matches("(a*)*b", REG_EXTENDED, text, match), REG_NOMATCH);
    CHECK_EQ(matches("(a|aa)*b", REG_EXTENDED, text, match), REG_NOMATCH);
    CHECK_EQ(matches("((a|aa)*)*(a*)$", REG_EXTENDED, text, match), 0);
    CHECK_EQ(match[1].rm_eo, 60000);
    CHECK_EQ(matches("(a|b)*", REG_EXTENDED, text, match), 0);
    CHECK_EQ(match[1].rm_so, 59999);
    CHECK_EQ(matches("\\(a*\\)\\1", 0, text, match), 0);
    CHECK_EQ(match[1].rm_eo, 30000);
    CHECK_EQ(matches("\\(a\\)*\\1b", 0, text, match), REG_ESPACE);
    free(text);
    text = filled("a", 30, "");
    CHECK_EQ(matches("(a?){30}a{30}", REG_EXTENDED, text, match), 0);
    CHECK_EQ(match[0].rm_eo, 30);
    free(text);
}

static void long_patterns(void)
{
    regmatch_t match[3];
    char *literal = filled("a", 1000, ""), *deep = filled("(", 60000, ""),
         *sets = filled("[ab]", 1000, "");

    CHECK_EQ(matches(literal, 0, literal, match), 0);
    CHECK_EQ(match[0].rm_eo, 1000);
    CHECK_EQ(matches(deep, REG_EXTENDED, "", match), REG_ESPACE);
    CHECK_EQ(matches(deep, 0, "((", match), REG_NOMATCH);
    CHECK_EQ(matches(sets, REG_EXTENDED, "ab", match), REG_NOMATCH);
    CHECK_EQ(matches("(((a{100}){100}){100}){100}", REG_EXTENDED, "", match), REG_ESPACE);
    CHECK_EQ(matches("a{32768}", REG_EXTENDED, "", match), REG_ESIZE);
    free(literal);
    free(deep);
    free(sets);
}

/* What glibc does otherwise. */
static void rules(void)
{
    regmatch_t match[3];

    CHECK_EQ(matches("[", 0, "", match), REG_EBRACK);
    CHECK_EQ(matches("(a|ab)(bcd|c)d*", REG_EXTENDED, "abcd", match), 0);
    CHECK_EQ(match[1].rm_eo, 2);
    CHECK_EQ(matches("((a)|b)*", REG_EXTENDED, "ab", match), 0);
    CHECK_EQ(match[1].rm_so, 1);
    CHECK_EQ(match[2].rm_so, -1);
    setlocale(LC_ALL, "C.UTF-8");
    CHECK_EQ(matches("[\xc3\xa4-\xc3\xbc]+", REG_EXTENDED, "x\xc3\xb6\xc3\xa5z", match), 0);
    CHECK_EQ(match[0].rm_so, 1);
    CHECK_EQ(match[0].rm_eo, 5);
    CHECK_EQ(matches("a.b", 0,
                     "a\xff"
                     "b",
                     match),
             REG_NOMATCH); /* that byte is no character */
    setlocale(LC_ALL, "C");
    CHECK_EQ(matches("a.b", 0,
                     "a\xff"
                     "b",
                     match),
             0);
}

int main(void)
{
    long_texts();
    long_patterns();
    rules();
    return check_done();
}
