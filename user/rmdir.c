/* rmdir [-p] DIR...: removes empty directories, by os.rmdir(); with -p their emptied parents too,
 * by os.removedirs(). */
/* SPDX-License-Identifier: MIT */
#include <os.h>
#include <stdbool.h>
#include <stdio.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    bool parents = false;
    int failures = 0;
    for (int option; (option = getopt(argc, argv, "p")) != -1;)
        if (option == 'p')
            parents = true;
        else
            return fprintf(stderr, "usage: rmdir [-p] DIR...\n"), 2;
    for (; optind < argc; optind++)
        if ((parents ? os.removedirs(argv[optind]) : os.rmdir(argv[optind])) < 0) {
            os.perror(argv[optind]);
            failures = 1;
        }
    return failures;
}
