/* Runs a test program in a folder of its own inside Ouros and fails if the kernel's counts differ
 * afterwards: the program's output passes through, then comes one TAP comment and one verdict of
 * leakcheck's own on a line that begins with `leak: `. A kernel may be built without the annex
 * counts: then there is nothing to compare, and the verdict says so. */
/* SPDX-License-Identifier: MIT */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define FOLDER "/tmp/test"
enum { REAP_SECONDS = 5 };

static char before[16384], after[16384];
static bool counted = true; /* has this kernel counts? */

static void die(const char *what)
{
    printf("leak: %s: %s\n", what, strerror(errno));
    exit(1);
}

static void read_counts(char *text, size_t size)
{
    int fd = open("/proc/kcounts", O_RDONLY);
    if (fd < 0 && errno == ENOENT)
        counted = false;
    else if (fd < 0)
        die("/proc/kcounts");
    size_t length = 0;
    ssize_t n;
    while (length < size - 1 && (n = read(fd, text + length, size - 1 - length)) > 0)
        length += n;
    text[length] = 0;
    close(fd);
}

/* Removes everything below the folder that is open as dirfd. */
static void remove_below(int dirfd)
{
    DIR *dir = fdopendir(dirfd);
    if (!dir)
        return;
    for (struct dirent *entry; (entry = readdir(dir));) {
        if (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, ".."))
            continue;
        if (unlinkat(dirfd, entry->d_name, 0) == 0)
            continue;
        int below = openat(dirfd, entry->d_name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
        if (below >= 0)
            remove_below(below);
        unlinkat(dirfd, entry->d_name, AT_REMOVEDIR);
    }
    closedir(dir);
}

/* In a child, so that what the recursion takes of stack and heap is gone with it. */
static void remove_folder(void)
{
    pid_t pid = fork();
    if (pid == 0) {
        int folder = open(FOLDER, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        if (folder >= 0)
            remove_below(folder);
        _exit(rmdir(FOLDER) < 0);
    }
    while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
        ;
}

/* Waits for all that the program left behind; what lives on after the limit is killed and counts as
 * a failure. */
static int reap_rest(void)
{
    int left = 0;
    for (int ms = 0; ms < REAP_SECONDS * 1000; ms += 10) {
        pid_t pid = waitpid(-1, NULL, WNOHANG | __WALL);
        if (pid < 0 && errno == ECHILD)
            return left;
        if (pid == 0)
            nanosleep(&(struct timespec){0, 10000000}, NULL);
    }
    for (pid_t pid; kill(-1, SIGKILL) == 0 && (pid = waitpid(-1, NULL, __WALL)) > 0;)
        left++;
    return left;
}

/* Runs the program in the folder, waits for it and all its descendants, removes what is left of the
 * folder; without a program the child only leaves a file. Its exit status; *left counts processes
 * that had to be killed. */
static int cycle(char **argv, int *left)
{
    pid_t pid = fork();
    if (pid < 0)
        die("fork");
    if (pid == 0) {
        if (mkdir(FOLDER, 0777) < 0 || chdir(FOLDER) < 0)
            die(FOLDER);
        if (!argv)
            _exit(open("file", O_WRONLY | O_CREAT, 0666) < 0);
        execv(argv[0], argv);
        die(argv[0]);
    }
    int status = 0;
    while (waitpid(pid, &status, 0) < 0)
        ;
    *left = reap_rest();
    remove_folder();
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/* The value on the line `name value` of a text of such lines; 0 where it is missing. */
static long value_in(const char *text, const char *name, size_t length)
{
    for (const char *line = text; line && *line; line = strchr(line, '\n'), line += line != NULL)
        if (strncmp(line, name, length) == 0 && line[length] == ' ')
            return atol(line + length + 1);
    return 0;
}

/* Prints each count of `names` that differs between the two texts; how many. */
static int compare(const char *names)
{
    int n_different = 0;
    for (const char *line = names; line && *line; line = strchr(line, '\n'), line += line != NULL) {
        size_t length = strcspn(line, " ");
        long was = value_in(before, line, length), is = value_in(after, line, length);
        if (was != is && ++n_different)
            printf("leak: %.*s was %ld, is %ld\n", (int)length, line, was, is);
    }
    return n_different;
}

int main(int argc, char **argv)
{
    int left;
    if (argc < 2) {
        fprintf(stderr, "usage: leakcheck PROGRAM [ARG...]\n");
        return 2;
    }
    umask(022);
    prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
    read_counts(after, sizeof after);
    cycle(NULL, &left); /* what the first round itself sets up is no leak */
    read_counts(before, sizeof before);
    memcpy(after, before, sizeof after);
    compare(after);
    fflush(stdout);
    read_counts(before, sizeof before);
    int status = cycle(argv + 1, &left);
    if (left)
        printf("leak: %d processes lived on and were killed\n", left);
    read_counts(after, sizeof after);
    if (compare(after) == 0 && !left)
        printf("leak: %s\n", counted ? "none" : "no counts");
    fflush(stdout);
    return status;
}
