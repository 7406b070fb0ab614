/* getopt_long: options that are words, beside those of one letter. As with getopt, the first
 * operand ends them. */
/* SPDX-License-Identifier: MIT */
#include <getopt.h>
#include <stdio.h>
#include <string.h>

/* The option with this name, or the only one whose name begins with it. */
static const struct option *find(const struct option *longs, const char *word, size_t length)
{
    const struct option *found = NULL;
    int n = 0;

    for (const struct option *option = longs; option->name; option++) {
        if (strncmp(option->name, word, length) != 0)
            continue;
        if (strlen(option->name) == length)
            return option;
        found = option;
        n++;
    }
    return n == 1 ? found : NULL;
}

static int complain(char *const argv[], const char *options, const char *what, const char *word)
{
    optopt = 0;
    if (opterr && *options != ':')
        fprintf(stderr, "%s: %s '--%s'\n", argv[0], what, word);
    return '?';
}

int getopt_long(int argc, char *const argv[], const char *options, const struct option *longs,
                int *index)
{
    if (optind == 0)
        optind = 1;
    if (optind >= argc || strncmp(argv[optind], "--", 2) != 0 || !argv[optind][2])
        return getopt(argc, argv, options);
    options += *options == '+';
    const char *word = argv[optind++] + 2;
    optarg = NULL;
    size_t length = strcspn(word, "=");
    const struct option *option = find(longs, word, length);
    if (!option)
        return complain(argv, options, "unrecognized option", word);
    if (word[length] && option->has_arg == no_argument)
        return complain(argv, options, "option takes no argument", option->name);
    optarg = word[length] ? (char *)word + length + 1 : NULL;
    if (!optarg && option->has_arg == required_argument) {
        if (optind >= argc) {
            complain(argv, options, "option requires an argument", option->name);
            return *options == ':' ? ':' : '?';
        }
        optarg = argv[optind++];
    }
    if (index)
        *index = (int)(option - longs);
    if (!option->flag)
        return option->val;
    *option->flag = option->val;
    return 0;
}
