/* Strings, character classes, sorting, patterns, options: on many inputs, chosen by a fixed seed.
 */
/* SPDX-License-Identifier: MIT */
#include <ctype.h>
#include <errno.h>
#include <fnmatch.h>
#include <getopt.h>
#include <libgen.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static uint64_t state = 5;

static unsigned draw(unsigned below)
{
    state = state * 6364136223846793005u + 1442695040888963407u;
    return (unsigned)(state >> 33) % below;
}

static char *draw_text(char *text, unsigned most, const char *letters)
{
    unsigned length = draw(most + 1), n = (unsigned)strlen(letters);
    for (unsigned i = 0; i < length; i++)
        text[i] = letters[draw(n)];
    text[length] = 0;
    return text;
}

static int sign(int n)
{
    return (n > 0) - (n < 0);
}

/* Where in a text a pointer points, -1 for NULL. */
static int at(const char *pointer, const char *text)
{
    return pointer ? (int)(pointer - text) : -1;
}

/* Runs of digits with zeros in front, each against each. */
static void versions(void)
{
    static const char letters[] = "01a9.";
    char texts[160][8];
    int n = 0;
    for (int length = 0; length < 4; length++)
        for (int k = 0, all = length == 0   ? 1
                              : length == 1 ? 5
                              : length == 2 ? 25
                                            : 125;
             k < all; k++, n++)
            for (int i = 0, rest = k; i <= length; i++, rest /= 5)
                texts[n][i] = i < length ? letters[rest % 5] : 0;
    for (int i = 0; i < n; i++) {
        printf("%s:", texts[i]);
        for (int k = 0; k < n; k++)
            printf(" %d", sign(strverscmp(texts[i], texts[k])));
        printf("\n");
    }
}

static void strings(void)
{
    versions();
    char a[100], b[100], c[300], d[300];
    for (int i = 0; i < 5000; i++) {
        const char *letters = i % 3 ? "abAB/" : "ab\xff\x80 .12";
        draw_text(a, 40, letters);
        draw_text(b, i % 2 ? 3 : 40, letters);
        size_t n = draw(45);
        printf("\"%s\" \"%s\" %zu: %d %d %d %d %d ", a, b, n, sign(strcmp(a, b)),
               sign(strncmp(a, b, n)), sign(strcasecmp(a, b)), sign(strncasecmp(a, b, n)),
               sign(strcoll(a, b)));
        printf("%d %d %d %d ", at(strstr(a, b), a), at(strcasestr(a, b), a), at(strpbrk(a, b), a),
               sign(strverscmp(a, b)));
        printf("%zu %zu %zu ", strspn(a, b), strcspn(a, b), strnlen(a, n));
        printf("%d %d %d %d ", at(strchr(a, b[0]), a), at(strrchr(a, b[0]), a),
               at(memchr(a, 'b', strlen(a)), a), at(memrchr(a, 'b', strlen(a)), a));
        printf("%d %d %d\n", at(memmem(a, strlen(a), b, strlen(b)), a), at(strchrnul(a, 'B'), a),
               sign(memcmp(a, b, strlen(b) < strlen(a) ? strlen(b) : strlen(a))));
        strcpy(c, a);
        strcat(c, b);
        strncat(c, a, n);
        memset(d, '#', sizeof d);
        strncpy(d, a, n);
        d[n] = 0;
        char *end = stpcpy(c + 150, b);
        printf("%s %s %d %d\n", c, d, (int)(end - c), at(memccpy(c + 200, a, 'b', strlen(a)), c));
        strcpy(c, a);
        for (char *rest = c, *part; (part = strsep(&rest, "/ "));)
            printf("<%s>", part);
        strcpy(c, a);
        char *save;
        for (char *part = strtok_r(c, "/ ", &save); part; part = strtok_r(NULL, "/ ", &save))
            printf("[%s]", part);
        strcpy(c, a);
        memmove(c + draw(20), c, strlen(c) + 1);
        printf("%s\n", c);
    }
}

static void classes(void)
{
    for (int c = -1; c < 256; c++)
        printf("%d: %d%d%d%d%d%d%d%d%d%d%d%d %d %d\n", c, !!isalnum(c), !!isalpha(c), !!isblank(c),
               !!iscntrl(c), !!isdigit(c), !!isgraph(c), !!islower(c), !!isprint(c), !!ispunct(c),
               !!isspace(c), !!isupper(c), !!isxdigit(c), tolower(c), toupper(c));
    for (int error = -1; error < 140; error++)
        printf("%s\n", strerror(error));
    for (int number = 1; number < 32; number++)
        printf("%s %s\n", strsignal(number), number == SIGIO ? "IO or POLL" : sigabbrev_np(number));
}

static int by_number(const void *a, const void *b)
{
    unsigned x = *(const unsigned *)a, y = *(const unsigned *)b;
    return (x > y) - (x < y);
}

static int by_text(const void *a, const void *b)
{
    return strcmp(a, b);
}

static void sorting(void)
{
    static unsigned numbers[20000];
    for (unsigned n = 0; n < 20000; n = n * 3 / 2 + 1)
        for (unsigned range = 1; range < 100000; range *= 50) {
            unsigned sum = 0, key = draw(range);
            for (unsigned i = 0; i < n; i++)
                numbers[i] = range == 2500 ? (n - i) / 2 : draw(range);
            qsort(numbers, n, sizeof *numbers, by_number);
            for (unsigned i = 0; i < n; i++)
                sum = sum * 31 + numbers[i];
            printf("qsort %u %u: %08x %d\n", n, range, sum,
                   bsearch(&key, numbers, n, sizeof *numbers, by_number) != NULL);
        }
    char words[300][7];
    for (int i = 0; i < 300; i++)
        draw_text(words[i], 6, "abc");
    qsort(words, 300, sizeof *words, by_text);
    for (int i = 0; i < 300; i++)
        printf("%s\n", words[i]);
}

static void patterns(void)
{
    static const char *const hand[][2] = {{"*", ""},
                                          {"*", ".a"},
                                          {"?", "/"},
                                          {"a*b", "a/b"},
                                          {"[", "["},
                                          {"[a", "[a"},
                                          {"[]a]", "]"},
                                          {"[!a]", "b"},
                                          {"[^a]", "a"},
                                          {"[a-c]", "b"},
                                          {"[c-a]", "b"},
                                          {"[a-]", "-"},
                                          {"\\*", "*"},
                                          {"\\", "\\"},
                                          {"[[:alpha:]]", "x"},
                                          {"[[:digit:]x]", "7"},
                                          {"[[:upper:]]*", "Ab"},
                                          {"*/", "a/"},
                                          {"a**b", "ab"},
                                          {"[/]", "/"},
                                          {"[.]a", ".a"},
                                          {"*a", ".a"},
                                          {"/*", "/.a"},
                                          {"\\a\\b", "ab"},
                                          {"[\\]]", "]"},
                                          {"[a\\-c]", "b"},
                                          {"", ""},
                                          {"", "a"},
                                          {"a?c*[d-f]", "abcxxe"}};
    static const int flags[] = {
        0, FNM_PATHNAME, FNM_PERIOD, FNM_NOESCAPE, FNM_CASEFOLD, FNM_PATHNAME | FNM_PERIOD};
    char pattern[20], name[20];
    for (size_t i = 0; i < sizeof hand / sizeof *hand; i++)
        for (size_t j = 0; j < sizeof flags / sizeof *flags; j++)
            printf("fnmatch %s %s %d: %d\n", hand[i][0], hand[i][1], flags[j],
                   !!fnmatch(hand[i][0], hand[i][1], flags[j]));
    for (int i = 0; i < 20000; i++) {
        draw_text(pattern, 8, "ab*?./A*");
        draw_text(name, 8, "ab./A");
        int flag = flags[draw(6)];
        printf("fnmatch %s %s %d: %d\n", pattern, name, flag, !!fnmatch(pattern, name, flag));
    }
    for (int i = 0; i < 500; i++) {
        char other[20];
        draw_text(pattern, 10, "ab.//");
        if (pattern[0] == '/' && pattern[1] == '/')
            continue; /* what two slashes are at the start is each system's choice */
        strcpy(other, pattern);
        printf("%s: ", pattern);
        printf("%s ", dirname(pattern));
        printf("%s\n", basename(other));
    }
}

static void options(char *const argv[], const char *letters)
{
    int argc = 0, c, index = -1, flag = 0;
    char *copy[20];
    struct option longs[] = {
        {"all", no_argument, NULL, 'a'},         {"file", required_argument, NULL, 'f'},
        {"maybe", optional_argument, NULL, 'm'}, {"flag", no_argument, &flag, 5},
        {"filter", no_argument, NULL, 'F'},      {NULL, 0, NULL, 0}};
    for (; argv[argc]; argc++)
        copy[argc] = argv[argc];
    copy[argc] = NULL;
    optind = 0; /* from the start; a '+' in the letters: an operand ends the options */
    opterr = 1;
    while ((c = getopt(argc, copy, letters)) != -1)
        printf("getopt %c(%s) opt %c ", c, optarg ? optarg : "-",
               c == '?' || c == ':' ? optopt : '.');
    printf("then %d:", optind);
    for (int i = 0; i < argc; i++)
        printf(" %s", copy[i]);
    optind = opterr = 0; /* the words of its messages are each library's own */
    while ((c = getopt_long(argc, copy, letters, longs, &index)) != -1)
        printf(" long %d(%s) %d", c, optarg ? optarg : "-", index);
    printf(" flag %d then %d:", flag, optind);
    for (int i = 0; i < argc; i++)
        printf(" %s", copy[i]);
    printf("\n");
}

static void check_options(void)
{
    static char *words[] = {"-a",      "-b",   "-ab",     "-f",        "-fx",    "x",
                            "-",       "--",   "-q",      "--all",     "--file", "--file=x",
                            "--fil=y", "--fi", "--maybe", "--maybe=z", "--flag", "--none",
                            "--all=x", "-m",   "-mx",     "y"};
    char *argv[8] = {"program"};
    static const char *const letters[] = {"+abf:m::", "+abf:", "+:abf:", "+"};
    for (int i = 0; i < 1500; i++) {
        unsigned n = draw(5);
        for (unsigned j = 0; j < n; j++)
            argv[j + 1] = words[draw(sizeof words / sizeof *words)];
        argv[n + 1] = NULL;
        options(argv, letters[draw(4)]);
    }
}

int main(void)
{
    setvbuf(stdout, NULL, _IOFBF, 1 << 16);
    strings();
    classes();
    sorting();
    patterns();
    check_options();
    return 0;
}
