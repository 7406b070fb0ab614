/* Regular expressions: errors of many patterns, and matches of generated patterns in generated
 * texts.
 *
 * Where a group is repeated, the subexpressions of generated patterns are not compared: POSIX says
 * that each round is as long as it can be, that no round is empty which need not be, and that a
 * group which is no part of the last round has no match. glibc's rounds are sometimes shorter,
 * "(.|(bd)+)*" on "abd"; it adds an empty one, "(b?){0,2}" on "b", or leaves out one that is
 * needed, "(a?){2}" on "a"; and it keeps what an earlier round matched, "((a)*){2}" on "a". Nor are
 * ranges of characters above 127 compared: glibc has none in C.UTF-8. */
/* SPDX-License-Identifier: MIT */
#include <locale.h>
#include <regex.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static uint64_t state = 21;

static unsigned draw(unsigned below)
{
    state = state * 6364136223846793005u + 1442695040888963407u;
    return (unsigned)(state >> 33) % below;
}

static bool whole_only; /* do not print subexpressions */

static void try(const char *pattern, int flags, const char *text, int eflags)
{
    regex_t regex;
    regmatch_t match[10];
    char message[100];
    int error = regcomp(&regex, pattern, flags);

    printf("/%s/%x on \"%s\"/%x:", pattern, flags, text, eflags);
    if (error) {
        regerror(error, &regex, message, sizeof(message));
        printf(" error %d %s\n", error, message);
        return;
    }
    memset(match, 0, sizeof(match));
    error = regexec(&regex, text, 10, match, eflags);
    printf(" sub %zu: %d", regex.re_nsub, error);
    for (size_t i = 0; !error && !(flags & REG_NOSUB) && i <= (whole_only ? 0 : regex.re_nsub); i++)
        printf(" %d,%d", match[i].rm_so, match[i].rm_eo);
    printf("\n");
    regfree(&regex);
}

static char *at;

static void put(const char *text)
{
    at = stpcpy(at, text);
}

static void generate(int depth, int extended, int back);

static bool atom(int depth, int extended, int back)
{
    static const char *const atoms[] = {"a",     "a",           "b",        "b",
                                        "c",     ".",           "[ab]",     "[^a]",
                                        "[b-d]", "[[:alpha:]]", "\xc3\xa4", "[c\xc3\xa4]"};
    unsigned kind = draw(10);

    if (kind < 3 && depth > 0) {
        put(extended ? "(" : "\\(");
        generate(depth - 1, extended, back);
        put(extended ? ")" : "\\)");
        return true;
    } else if (kind == 3 && back) {
        put(draw(2) ? "\\1" : "\\2");
    } else {
        put(atoms[draw(12)]);
    }
    return false;
}

static void generate(int depth, int extended, int back)
{
    static const char *const repeats[2][7] = {
        {"*", "\\?", "\\+", "\\{2\\}", "\\{0,2\\}", "\\{1,\\}", "\\{2,3\\}"},
        {"*", "?", "+", "{2}", "{0,2}", "{1,}", "{2,3}"}};

    for (unsigned pieces = 1 + draw(3); pieces > 0; pieces--) {
        bool group = atom(depth, extended, back);

        if (draw(3) == 0 && (whole_only || !group))
            put(repeats[extended][draw(7)]);
        if (pieces > 1 && draw(5) == 0)
            put(extended ? "|" : "\\|");
    }
}

static void generated(int n, int extended, int back, bool repeat_groups)
{
    static const char *const letters[] = {"a", "a", "b", "b", "c", "d", "\xc3\xa4", "A"};
    char pattern[4096], text[64];

    whole_only = repeat_groups;
    for (int i = 0; i < n; i++) {
        at = pattern;
        if (draw(8) == 0)
            put("^");
        generate(3, extended, back);
        if (draw(8) == 0)
            put("$");
        *at = '\0';
        for (int k = 0; k < 4; k++) {
            at = text;
            *at = '\0';
            for (unsigned length = draw(9); length > 0; length--)
                put(letters[draw(8)]);
            try(pattern, extended | (draw(4) ? 0 : REG_ICASE), text, 0);
        }
    }
}

/* Wrong, odd, or at a limit. */
/* clang-format off */
static const char *const odd[] = {
    "", "a", "*", "*a", "a**", "a*\\{2\\}", "^*", "^*a", "\\(*a\\)", "\\(^*a\\)", "a\\|*b", "+",
    "?", "a+", "a?", "a\\+", "a\\?", "\\+", "\\?a", "{", "{1}", "a{", "a{1", "a{1,", "a{1,2",
    "a{,2}", "a{2,1}", "a{x}", "a{1}{2}", "a{1a}", "\\{1\\}", "a\\{", "a\\{1", "a\\{1,2",
    "a\\{,2\\}", "a\\{2,1\\}", "a\\{1\\}\\{2\\}", "a\\{0\\}", "a{0}", "(a){0}b", "(", ")", "a)",
    "(a", "()", "(|a)", "a|", "|a", "a||b", "\\(", "\\)", "\\(a", "\\(\\)", "a\\|", "\\|a",
    "x\\)", "[]", "[]a]", "[^]a]", "[a", "[a-", "[a-]", "[-a]", "[a-b-c]", "[b-a]", "[a-a]",
    "[--/]", "[]-a]", "[[:alpha:]]", "[[:none:]]", "[[:alpha:", "[[:alpha:]-z]", "[a-[:alpha:]]",
    "[[.a.]]", "[[.-.]-z]", "[[=a=]b]", "[[.ab.]]", "[[.a", "[\\]", "[a\\]]",
    "[[:upper:][:digit:]_]+", "\\", "a\\", "\\1", "(a)\\1", "\\(a\\)\\1", "\\(a\\1\\)", "(a)\\2",
    "\\(a\\)\\2", "\\(a\\)\\|\\1", "\\a", "\\.", "\\{", "\\}", "}", "a}", "\\w", "\\W+", "\\s",
    "\\S*", "\\bab\\b", "\\Bb", "\\<a", "b\\>", "\\`a", "b\\'", "a^b", "a$b", "^a$", "^^a", "a$$",
    "(^a)", "(a$)", "\\(^a\\)", "\\(a$\\)", "a\\|^b", "(^|b)a", "a(b|$)", "^", "$", "^$", "x*",
    "\\(a*\\)*", "(a*)+", "(a|b)*", "(ab|a)(bcd)?", "a.b",
};
/* clang-format on */

/* The odd patterns, as basic and as extended expressions. */
static void patterns(void)
{
    static const char *const texts[] = {"",      "a",  "aaa",  "ab",     "abcd",
                                        "ba ab", "*a", "a\nb", "+?{1}a", "x-]y\\"};

    whole_only = false;
    for (size_t i = 0; i < sizeof(odd) / sizeof(odd[0]); i++)
        for (size_t k = 0; k < sizeof(texts) / sizeof(texts[0]); k++) {
            try(odd[i], 0, texts[k], 0);
            try(odd[i], REG_EXTENDED, texts[k], 0);
        }
}

/* The flags of regcomp and regexec, together and one by one. */
static void flags(void)
{
    static const char *const list[] = {
        "^a", "a$",    "^a$",  "^",    "$",    ".",       "a.b",          "[^a]",   "[^b]*$",
        "b*", "^b|c$", "\\`a", "b\\'", "\\<b", "A[b-c]*", "[[:upper:]]+", "[^A-Z]", "(a|B)c?$"};
    static const char *const texts[] = {"",   "a",      "b",      "aB",     "a\nb",
                                        "\n", "b\na\n", "xa\nbx", "ABC abc"};

    for (size_t i = 0; i < sizeof(list) / sizeof(list[0]); i++)
        for (size_t k = 0; k < sizeof(texts) / sizeof(texts[0]); k++)
            for (int cflags = 0; cflags < 16; cflags += 2)
                for (int eflags = 0; eflags < 4; eflags++)
                    try(list[i], cflags | REG_EXTENDED, texts[k], eflags);
}

static void parts(void)
{
    static const char text[] = "xxabcabcyy";

    for (int from = 0; from < 10; from++)
        for (int to = from; to <= 10; to += 3) {
            static const char *const list[] = {"^a", "c$", "abc", "b*", "\\(b\\)c\\|^x*"};

            for (size_t i = 0; i < 5; i++) {
                regex_t regex;
                regmatch_t match[2] = {{from, to}};

                regcomp(&regex, list[i], 0);
                int error = regexec(&regex, text, 2, match, REG_STARTEND);
                printf("%s in %d,%d: %d", list[i], from, to, error);
                if (!error)
                    printf(" %d,%d %d,%d", match[0].rm_so, match[0].rm_eo, match[1].rm_so,
                           match[1].rm_eo);
                printf("\n");
                regfree(&regex);
            }
        }
}

static void errors(void)
{
    char message[64];

    for (int error = 0; error < 17; error++)
        for (size_t size = 0; size < 64; size += 9) {
            strcpy(message, "-");
            printf("%d/%zu: %zu", error, size, regerror(error, NULL, message, size));
            printf(" %s\n", message);
        }
}

int main(int argc, char **argv)
{
    int n = argc > 1 ? atoi(argv[1]) : 500;

    for (int round = 0; round < 2; round++) {
        generated(n, REG_EXTENDED, 0, round);
        generated(n, 0, 0, round);
        generated(n, 0, 1, round);
        patterns();
        setlocale(LC_ALL, "C.UTF-8");
    }
    flags();
    parts();
    errors();
}
