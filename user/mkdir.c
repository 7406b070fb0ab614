/* mkdir [-p] [-m MODE] DIR...: makes directories, by os.mkdir(); with -p their parents too, by
 * os.makedirs(). */
/* SPDX-License-Identifier: MIT */
#include <os.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    bool parents = false;
    mode_t mode = 0777;
    int failures = 0;
    for (int option; (option = getopt(argc, argv, "pm:")) != -1;)
        if (option == 'p')
            parents = true;
        else if (option == 'm')
            mode = strtoul(optarg, NULL, 8);
        else
            return fprintf(stderr, "usage: mkdir [-p] [-m MODE] DIR...\n"), 2;
    for (; optind < argc; optind++)
        if ((parents ? os.makedirs(argv[optind], mode, true) : os.mkdir(argv[optind], mode)) < 0) {
            os.perror(argv[optind]);
            failures = 1;
        }
    return failures;
}
