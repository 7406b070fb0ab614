/* kill [-SIGNAL] PID...: sends a signal (15, SIGTERM, if none is named) by os.kill(); a negative
 * PID is a process group. */
/* SPDX-License-Identifier: MIT */
#include <os.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct {
    const char *name;
    int number;
} names[] = {{"HUP", SIGHUP},   {"INT", SIGINT},   {"QUIT", SIGQUIT}, {"KILL", SIGKILL},
             {"USR1", SIGUSR1}, {"USR2", SIGUSR2}, {"TERM", SIGTERM}, {"CONT", SIGCONT},
             {"STOP", SIGSTOP}, {"TSTP", SIGTSTP}};

static int signal_number(const char *text)
{
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(text, names[i].name) == 0)
            return names[i].number;
    char *end;
    long number = strtol(text, &end, 10);
    return *text && !*end ? (int)number : -1;
}

int main(int argc, char **argv)
{
    int first = 1, failures = 0, signal = SIGTERM;
    if (argc > 2 && argv[1][0] == '-')
        signal = signal_number(argv[first++] + 1);
    if (first >= argc || signal < 0)
        return fprintf(stderr, "usage: kill [-SIGNAL] PID...\n"), 2;
    for (int i = first; i < argc; i++)
        if (os.kill(atoi(argv[i]), signal) < 0) {
            os.perror(argv[i]);
            failures = 1;
        }
    return failures;
}
