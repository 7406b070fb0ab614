/* Checks for test programs that run unchanged on Linux and on Ouros. Each check prints one TAP
 * line; a failed one also prints the call, its result, the result that was wanted, and the place.
 * Values of errno are compared by name.
 *
 * A program is `int main(void) { CHECK_OK(mkdir("a", 0777)); ... return check_done(); }`. Only the
 * first process may check. A child reports by its exit status (CHECK_CHILD). */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

static int check_count, check_failures;

/* Prints the TAP line of a check; the result is `passed`. */
__attribute__((unused)) static bool check_verdict(bool passed, const char *what)
{
    if (!passed)
        check_failures++;
    printf("%sok %d - %s\n", passed ? "" : "not ", ++check_count, what);
    fflush(stdout);
    return passed;
}

__attribute__((unused)) static void check_true(bool truth, const char *what, const char *file,
                                               int line)
{
    if (!check_verdict(truth, what))
        printf("#   not true: %s\n#   at %s:%d, errno %d (%s)\n", what, file, line, errno,
               strerror(errno));
}

__attribute__((unused)) static void check_eq(long got, long wanted, const char *what,
                                             const char *file, int line)
{
    int error = errno;
    if (!check_verdict(got == wanted, what))
        printf("#   got    %ld (0x%lx), errno %d (%s)\n#   wanted %ld (0x%lx)\n#   at %s:%d\n", got,
               got, error, strerror(error), wanted, wanted, file, line);
}

__attribute__((unused)) static void check_str(const char *got, const char *wanted, const char *what,
                                              const char *file, int line)
{
    bool same = got && wanted ? strcmp(got, wanted) == 0 : got == wanted;
    if (!check_verdict(same, what))
        printf("#   got    %s%.300s%s\n#   wanted %s%.300s%s\n#   at %s:%d\n", got ? "\"" : "",
               got ? got : "NULL", got ? "\"" : "", wanted ? "\"" : "", wanted ? wanted : "NULL",
               wanted ? "\"" : "", file, line);
}

/* Checks a call that must fail: the result is -1 (NULL is passed as -1), and errno is `wanted`. */
__attribute__((unused)) static void check_err(long got, int wanted, const char *what,
                                              const char *file, int line)
{
    int error = errno;
    if (!check_verdict(got == -1 && error == wanted, what))
        printf("#   got    %ld, errno %d (%s)\n#   wanted -1, errno %d (%s)\n#   at %s:%d\n", got,
               error, strerror(error), wanted, strerror(wanted), file, line);
}

__attribute__((unused)) static void check_ok(long got, const char *what, const char *file, int line)
{
    int error = errno;
    if (!check_verdict(got != -1, what))
        printf("#   got    -1, errno %d (%s)\n#   wanted success\n#   at %s:%d\n", error,
               strerror(error), file, line);
}

#define CHECK(truth) check_true((truth), #truth, __FILE__, __LINE__)
#define CHECK_EQ(got, wanted) \
    check_eq((long)(got), (long)(wanted), #got " == " #wanted, __FILE__, __LINE__)
#define CHECK_STR(got, wanted) check_str((got), (wanted), #got " is " #wanted, __FILE__, __LINE__)
#define CHECK_OK(call)         (errno = 0, check_ok((long)(call), #call, __FILE__, __LINE__))
#define CHECK_ERR(call, error) \
    (errno = 0, check_err((long)(call), (error), #call " gives " #error, __FILE__, __LINE__))
#define CHECK_NULL_ERR(call, error) \
    (errno = 0, check_err((call) ? 0 : -1, (error), #call " gives " #error, __FILE__, __LINE__))

/* Runs the block in a child; passes if the child calls `_exit(0)` or comes to the end of the
 * block. */
#define CHECK_CHILD(what, ...)                                                       \
    do {                                                                             \
        fflush(stdout);                                                              \
        pid_t check_pid = fork();                                                    \
        if (check_pid == 0) {                                                        \
            __VA_ARGS__;                                                             \
            _exit(0);                                                                \
        }                                                                            \
        int check_status = -1;                                                       \
        waitpid(check_pid, &check_status, 0);                                        \
        check_eq(check_status, 0, what ": child's wait status", __FILE__, __LINE__); \
    } while (0)
/* In a child: ends it with the line number (modulo 255, never 0) if the condition does not hold. */
#define CHILD_REQUIRE(truth) ((truth) ? (void)0 : child_failed(#truth, __FILE__, __LINE__))
__attribute__((unused)) static void child_failed(const char *what, const char *file, int line)
{
    fprintf(stderr, "# in a child, not true: %s\n#   at %s:%d, errno %d (%s)\n", what, file, line,
            errno, strerror(errno));
    _exit(line % 255 + 1);
}

#define NOTE(...) (printf("# " __VA_ARGS__), printf("\n"))
/* A check that is impossible on this system or for this user, with the reason. It is counted, but
 * not compared between systems. */
#define SKIP(what, reason) \
    (printf("ok %d - %s # SKIP %s\n", ++check_count, what, reason), (void)fflush(stdout))

/* True if the program runs as root. If not, prints one SKIP for the checks that need root. */
__attribute__((unused)) static bool as_root(const char *what)
{
    if (geteuid() == 0)
        return true;
    SKIP(what, "needs root");
    return false;
}

/* Prints the plan, at the end; the result is the exit status for main. */
__attribute__((unused)) static int check_done(void)
{
    printf("1..%d\n", check_count);
    fflush(stdout);
    return check_failures ? 1 : 0;
}
