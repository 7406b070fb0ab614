/* What vm.t runs to see what a program gets: `args`, `count` (instructions, times), `hang`, `calls`
 * (the error of each system call by number). */
/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static unsigned long long counter(void)
{
    unsigned low, high;
    __asm__ volatile("rdtsc" : "=a"(low), "=d"(high));
    return (unsigned long long)high << 32 | low;
}

/* Instruction counts and clocks between pieces of work: the same in every --icount run. */
static void print_counts(void)
{
    struct timespec now;
    for (int i = 0; i < 5; i++) {
        clock_gettime(CLOCK_REALTIME, &now);
        printf("%llu %ld.%09ld\n", counter(), (long)now.tv_sec, now.tv_nsec);
        usleep(10000);
    }
}

int main(int argc, char **argv)
{
    if (argc > 1 && strcmp(argv[1], "count") == 0) {
        print_counts();
    } else if (argc > 1 && strcmp(argv[1], "hang") == 0) {
        for (;;)
            ;
    } else if (argc > 1 && strcmp(argv[1], "calls") == 0) {
        for (int i = 2; i < argc; i++)
            printf("%s %d\n", argv[i], syscall(atol(argv[i]), 0, 0, 0, 0, 0, 0) < 0 ? errno : 0);
    } else {
        for (int i = 2; i < argc; i++)
            printf("[%s]\n", argv[i]);
    }
    return 0;
}
