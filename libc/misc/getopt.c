/* getopt: options of one letter. The first operand ends them, as does "--". A '+' before the
 * letters, by which other libraries are asked for this, is skipped. */
/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

char *optarg;
int optind = 1, opterr = 1, optopt;
static int letter = 1; /* the place of the next letter in argv[optind] */

static int complain(const char *program, const char *options, const char *what, int c)
{
    optopt = c;
    if (opterr && *options != ':')
        fprintf(stderr, "%s: %s -- '%c'\n", program, what, c);
    return '?';
}

static void next_argument(void)
{
    optind++;
    letter = 1;
}

int getopt(int argc, char *const argv[], const char *options)
{
    options += *options == '+';
    optarg = NULL;
    if (optind == 0)
        optind = letter = 1;
    if (optind >= argc || argv[optind][0] != '-' || !argv[optind][1])
        return -1;
    if (letter == 1 && strcmp(argv[optind], "--") == 0) {
        optind++;
        return -1;
    }
    int c = (unsigned char)argv[optind][letter++];
    const char *known = c == ':' ? NULL : strchr(options, c);
    char *rest = argv[optind] + letter;
    if (!*rest)
        next_argument();
    if (!known)
        return complain(argv[0], options, "invalid option", c);
    if (known[1] != ':')
        return c;
    optarg = *rest ? rest : NULL;
    if (*rest)
        next_argument();
    if (optarg || known[2] == ':')
        return c;
    if (optind < argc) {
        optarg = argv[optind++];
        return c;
    }
    complain(argv[0], options, "option requires an argument", c);
    return *options == ':' ? ':' : '?';
}
