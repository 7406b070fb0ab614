/* env [-i] [-u NAME] [NAME=VALUE...] [PROGRAM [ARG...]]: prints the environment, or runs a program
 * with a changed one, by os.environ, os.putenv(), os.unsetenv() and os.execvp(). */
/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <os.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    for (int option; (option = getopt(argc, argv, "+iu:")) != -1;)
        if (option == 'i')
            clearenv();
        else if (option == 'u')
            os.unsetenv(optarg);
        else
            return fprintf(stderr,
                           "usage: env [-i] [-u NAME] [NAME=VALUE...] [PROGRAM [ARG...]]\n"),
                   125;
    for (char *equals; optind < argc && (equals = strchr(argv[optind], '=')); optind++) {
        *equals = 0;
        if (os.putenv(argv[optind], equals + 1) < 0)
            return os.perror(argv[optind]), 125;
    }
    if (optind < argc) {
        os.execvp(argv[optind], argv + optind);
        int error = errno;
        os.perror(argv[optind]);
        return error == ENOENT ? 127 : 126;
    }
    for (char **entry = os.environ; entry && *entry; entry++)
        puts(*entry);
    return 0;
}
