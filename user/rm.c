/* rm [-r] PATH...: removes names, by os.remove(); with -r also directories and their contents, by
 * os.listdir() and os.rmdir(). */
/* SPDX-License-Identifier: MIT */
#include <os.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static int remove_one(const char *path, bool recursive)
{
    if (!recursive || os.path.islink(path) || !os.path.isdir(path))
        return os.remove(path) < 0 ? os.perror(path), 1 : 0;
    char **names = os.listdir(path);
    int failures = 0;
    for (size_t i = 0; names && names[i]; i++) {
        char *below = os.path.join(path, names[i]);
        failures |= remove_one(below, true);
        free(below);
    }
    free(names);
    return os.rmdir(path) < 0 ? os.perror(path), 1 : failures;
}

int main(int argc, char **argv)
{
    bool recursive = false;
    int failures = 0;
    for (int option; (option = getopt(argc, argv, "r")) != -1;)
        if (option != 'r')
            return fprintf(stderr, "usage: rm [-r] PATH...\n"), 2;
        else
            recursive = true;
    for (; optind < argc; optind++)
        failures |= remove_one(argv[optind], recursive);
    return failures;
}
