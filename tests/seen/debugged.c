/* What debugger.t debugs: a function that is called three times, with a variable to look at; with
 * an argument it waits. */
/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <unistd.h>

static int sum;

__attribute__((noinline)) static void add(int number)
{
    sum += number;
    printf("sum %d\n", sum);
}

__attribute__((noinline)) static void add_all(void)
{
    for (int i = 1; i <= 3; i++)
        add(i * 10);
}

int main(int argc, char **argv)
{
    (void)argv;
    if (argc > 1)
        pause();
    add_all();
    return 5;
}
