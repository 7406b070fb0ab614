/* sleep SECONDS: waits; a fraction such as 0.1 is allowed. */
/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

int main(int argc, char **argv)
{
    char *end = "";
    double seconds = argc == 2 ? strtod(argv[1], &end) : -1;
    if (seconds < 0 || *end)
        return fprintf(stderr, "usage: sleep SECONDS\n"), 2;
    struct timespec left = {(time_t)seconds, (long)((seconds - (double)(time_t)seconds) * 1e9)};
    while (nanosleep(&left, &left) < 0)
        ;
    return 0;
}
