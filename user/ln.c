/* ln [-s] TARGET NAME: gives a file another name by os.link(), or makes a symbolic link to it by
 * os.symlink(). */
/* SPDX-License-Identifier: MIT */
#include <os.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

int main(int argc, char **argv)
{
    bool symbolic = argc == 4 && strcmp(argv[1], "-s") == 0;
    if (argc != 3 + symbolic)
        return fprintf(stderr, "usage: ln [-s] TARGET NAME\n"), 2;
    const char *target = argv[argc - 2], *name = argv[argc - 1];
    if ((symbolic ? os.symlink(target, name) : os.link(target, name)) < 0)
        return os.perror(name), 1;
    return 0;
}
