/* Runs a test program in a folder of its own inside Ouros and fails if the kernel's counts differ
 * afterwards: the program's output passes through, then comes one TAP comment and one verdict of
 * leakcheck's own on a line that begins with `leak: `. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
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

static void die(const char *what)
{
    printf("leak: %s: %s\n", what, strerror(errno));
    exit(1);
}

static void read_counts(char *text, size_t size)
{
    int fd = open("/proc/kcounts", O_RDONLY);
    if (fd < 0)
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

static int run(char **argv)
{
    pid_t pid = fork();
    if (pid < 0)
        die("fork");
    if (pid == 0) {
        if (mkdir(FOLDER, 0777) < 0 || chdir(FOLDER) < 0)
            die(FOLDER);
        execv(argv[0], argv);
        die(argv[0]);
    }
    int status = 0;
    while (waitpid(pid, &status, 0) < 0)
        ;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/* Prints each line that differs between the two texts of `name value` lines; how many. */
static int compare_counts(char *old, char *new)
{
    int n_different = 0;
    char *old_rest, *new_rest;
    char *a = strtok_r(old, "\n", &old_rest), *b = strtok_r(new, "\n", &new_rest);
    for (; a && b; a = strtok_r(NULL, "\n", &old_rest), b = strtok_r(NULL, "\n", &new_rest))
        if (strcmp(a, b) != 0 && ++n_different)
            printf("leak: before: %s; after: %s\n", a, b);
    return n_different + (a || b);
}

int main(int argc, char **argv)
{
    if (argc < 2) {
        fprintf(stderr, "usage: leakcheck PROGRAM [ARG...]\n");
        return 2;
    }
    umask(022);
    prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
    read_counts(before,
                sizeof before); /* twice: what the first reading itself sets up is no leak */
    read_counts(before, sizeof before);
    int status = run(argv + 1);
    int left = reap_rest();
    if (left)
        printf("leak: %d processes lived on and were killed\n", left);
    int folder = open(FOLDER, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (folder >= 0)
        remove_below(folder);
    rmdir(FOLDER);
    read_counts(after, sizeof after);
    if (compare_counts(before, after) == 0 && !left)
        printf("leak: none\n");
    fflush(stdout);
    return status;
}
