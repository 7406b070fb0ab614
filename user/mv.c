/* mv FROM TO: gives a file or directory another name by os.rename(); if TO is a directory, moves it
 * there. */
/* SPDX-License-Identifier: MIT */
#include <os.h>
#include <stdio.h>
#include <stdlib.h>

int main(int argc, char **argv)
{
    if (argc != 3)
        return fprintf(stderr, "usage: mv FROM TO\n"), 2;
    char *name = os.path.basename(argv[1]);
    char *to = os.path.isdir(argv[2]) ? os.path.join(argv[2], name) : NULL;
    int result = os.rename(argv[1], to ? to : argv[2]);
    if (result < 0)
        os.perror(argv[1]);
    free(name);
    free(to);
    return result < 0;
}
