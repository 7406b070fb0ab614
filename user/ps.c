/* ps: lists processes (pid, parent, state, size in KB, name, working directory), as read from
 * /proc. */
/* SPDX-License-Identifier: MIT */
#include <ctype.h>
#include <os.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The fields of /proc/PID/stat between the parent's pid and the size. */
#define SKIP_TO_SIZE " %*d %*d %*d %*d %*u %*u %*u %*u %*u %*u %*u %*d %*d %*d %*d %*d %*d %*u %llu"

static int by_number(const void *a, const void *b)
{
    return atoi(*(char *const *)a) - atoi(*(char *const *)b);
}

/* Prints one line about /proc/PID; nothing if the process has ended meanwhile. */
static void print_process(const char *pid)
{
    char path[64], stat[512] = "", state = '?', name[64] = "?";
    int parent = 0;
    unsigned long long size = 0;
    snprintf(path, sizeof path, "/proc/%s/stat", pid);
    FILE *file = fopen(path, "re");
    if (!file)
        return;
    if (fgets(stat, sizeof stat, file)) {
        char *open = strchr(stat, '('),
             *close = strrchr(stat, ')'); /* the name may contain any bytes */
        if (open && close) {
            snprintf(name, sizeof name, "%.*s", (int)(close - open - 1), open + 1);
            sscanf(close + 2, "%c %d" SKIP_TO_SIZE, &state, &parent, &size);
        }
    }
    fclose(file);
    snprintf(path, sizeof path, "/proc/%s/cwd", pid);
    char *cwd = os.readlink(path);
    printf("%5s %5d %c %8llu %-15s %s\n", pid, parent, state, size / 1024, name, cwd ? cwd : "-");
    free(cwd);
}

int main(void)
{
    char **names = os.listdir("/proc");
    size_t n = 0;
    if (!names)
        return os.perror("/proc"), 1;
    for (char **name = names; *name; name++)
        if (isdigit((unsigned char)**name))
            names[n++] = *name;
    qsort(names, n, sizeof *names, by_number);
    puts("  PID  PPID S     SIZE NAME            CWD");
    for (size_t i = 0; i < n; i++)
        print_process(names[i]);
    free(names);
    return 0;
}
