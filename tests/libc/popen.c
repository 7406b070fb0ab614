/* popen: modes, what a command inherits of earlier ones, and the order in which they are closed.
 * needs: procfs */
/* SPDX-License-Identifier: MIT */
#include "check.h"

/* Reads all that a stream of popen has; the text is static. */
static const char *all_of(FILE *file)
{
    static char text[1000];
    size_t n = file ? fread(text, 1, sizeof text - 1, file) : 0;
    text[n] = 0;
    return text;
}

static void check_modes(void)
{
    static const char *const wrong[] = {"", "r+", "rr", "w+", "rw", "ww", "ee", "ree", "rb", "x"};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        errno = 0;
        FILE *file = popen("exit 0", wrong[i]);
        if (!check_verdict(!file && errno == EINVAL, "a mode that is none is EINVAL"))
            NOTE("  mode   %s, errno %d", wrong[i], errno);
    }
    static const char *const right[] = {"r", "re", "er", "w", "we", "ew"};
    for (size_t i = 0; i < sizeof right / sizeof right[0]; i++) {
        FILE *file = popen("exit 5", right[i]);
        CHECK(file != NULL);
        CHECK_EQ(fcntl(fileno(file), F_GETFD), strchr(right[i], 'e') ? FD_CLOEXEC : 0);
        int status = pclose(file);
        CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 5);
    }
}

/* The first command ends at the end of its input, which the second must not hold open. */
static void check_earlier_closed(void)
{
    FILE *alone = popen("ls /proc/self/fd", "r");
    char *numbers = strdup(all_of(alone));
    CHECK_EQ(WEXITSTATUS(pclose(alone)), 0);
    FILE *first = popen("cat >/dev/null; exit 3", "w");
    FILE *second = popen("read line; exit 4", "w");
    FILE *third = popen("ls /proc/self/fd", "r");
    CHECK(first && second && third);
    CHECK(strcmp(all_of(third), numbers) == 0);
    CHECK_EQ(WEXITSTATUS(pclose(third)), 0);
    free(numbers);
    CHECK_EQ(WEXITSTATUS(pclose(first)), 3); /* hangs where the second has it */
    CHECK_EQ(WEXITSTATUS(pclose(second)), 4);
}

/* Where standard output is closed, an earlier stream may have its number, which the next command's
 * pipe is to get. */
static void check_low_numbers(void)
{
    fflush(stdout);
    int saved = fcntl(1, F_DUPFD_CLOEXEC, 10);
    close(1);
    FILE *first = popen("cat", "r");
    int number = first ? fileno(first) : -1;
    FILE *second = popen("echo from the second", "r");
    char line[100] = "";
    if (second)
        fgets(line, sizeof line, second);
    int closed_second = second ? pclose(second) : -1, closed_first = first ? pclose(first) : -1;
    dup2(saved, 1);
    close(saved);
    CHECK_EQ(number, 1);
    CHECK_STR(line, "from the second\n");
    CHECK_EQ(closed_second, 0);
    CHECK_EQ(closed_first, 0);
}

int main(void)
{
    check_modes();
    check_earlier_closed();
    check_low_numbers();
    return check_done();
}
