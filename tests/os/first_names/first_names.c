/* Uses each of the first names of the os module as its contract describes them, and prints what it
 * sees: the same on every system. */
/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <os.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Prints how a call went, as Python would name the error. */
static void report(const char *what, int result)
{
    if (result >= 0)
        printf("%s: ok\n", what);
    else
        printf("%s: %s: [Errno %d] %s\n", what, os.error_name(errno), errno, os.strerror(errno));
}

static char *start;

/* The working directory as seen from where we began. */
static void print_cwd(void)
{
    char *cwd = os.getcwd();
    if (!cwd)
        report("getcwd", -1);
    else
        printf("cwd: start%s\n", cwd + strlen(start));
    free(cwd);
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static void print_list(const char *path)
{
    char **names = os.listdir(path);
    size_t n = 0;
    if (!names) {
        report("listdir", -1);
        return;
    }
    while (names[n])
        n++;
    qsort(names, n, sizeof *names, by_name);
    printf("%s holds %zu:", path ? path : "here", n);
    for (size_t i = 0; i < n; i++)
        printf(" %s", names[i]);
    printf("\n");
    free(names);
}

static void print_mode(const char *path)
{
    struct stat st;
    if (stat(path, &st) == 0)
        printf("%s has mode %04o\n", path, st.st_mode & 07777);
}

static void directories(void)
{
    umask(027);
    report("mkdir", os.mkdir("box", 0777));
    print_mode("box");
    report("mkdir again", os.mkdir("box", 0777));
    report("mkdir in nothing", os.mkdir("none/box", 0777));
    report("mkdir with a slash", os.mkdir("box/in/", 0755));
    report("chdir", os.chdir("box/in"));
    print_cwd();
    report("rename of the parent", rename("../../box", "../../crate"));
    print_cwd();
    report("chdir to nothing", os.chdir(""));
    report("rmdir of it", os.rmdir("../in"));
    report("getcwd without a directory", os.getcwd() ? 0 : -1);
    print_list(NULL);
    report("chdir up", os.chdir(".."));
    print_cwd();
    report("chdir back", os.chdir(start));

    report("makedirs", os.makedirs("a/b/c", 0700, false));
    print_mode("a");
    print_mode("a/b");
    print_mode("a/b/c");
    report("makedirs again", os.makedirs("a/b/c", 0777, false));
    report("makedirs, fine if there", os.makedirs("a/b/c", 0777, true));
    print_mode("a/b/c");
    report("makedirs of nothing", os.makedirs("", 0777, true));
    close(creat("a/file", 0644));
    report("makedirs on a file", os.makedirs("a/file", 0777, true));
    report("makedirs below a file", os.makedirs("a/file/x", 0777, false));
    print_list("a");
    print_list("a/file");
    report("rmdir of a full one", os.rmdir("a"));
    report("rmdir of .", os.rmdir("."));
    report("rmdir of a/b/..", os.rmdir("a/b/.."));
    report("rmdir of a file", os.rmdir("a/file"));
    report("rmdir of /", os.rmdir("/"));
    report("removedirs", os.removedirs("a/b/c"));
    print_list("a");
    unlink("a/file");
    report("removedirs of the rest", os.removedirs("a"));
    report("removedirs of nothing", os.removedirs("a"));
    os.rmdir("crate");
    print_list(NULL);
}

static void environment(void)
{
    printf("unset: %s\n", os.getenv("FIRST_NAME", "the default"));
    printf("unset, no default: %s\n", os.getenv("FIRST_NAME", NULL) ? "set" : "NULL");
    report("putenv", os.putenv("FIRST_NAME", "value"));
    printf("set: %s, in C: %s\n", os.getenv("FIRST_NAME", "?"), getenv("FIRST_NAME"));
    report("putenv without a name", os.putenv("", "x"));
    report("putenv with =", os.putenv("A=B", "x"));
    int found = 0;
    for (char **entry = os.environ; *entry; entry++)
        found += strcmp(*entry, "FIRST_NAME=value") == 0;
    printf("in os.environ: %d, the same as environ: %d\n", found, os.environ == environ);
    report("unsetenv", os.unsetenv("FIRST_NAME"));
    report("unsetenv again", os.unsetenv("FIRST_NAME"));
    printf("gone: %s\n", os.getenv("FIRST_NAME", "yes"));
}

/* Runs a program in a child and tells how it ended. */
static void run(const char *path, char *const args[])
{
    fflush(stdout);
    pid_t pid = os.fork();
    if (pid < 0) {
        report("fork", -1);
    } else if (pid == 0) {
        os.execv(path, args);
        report("execv", -1);
        fflush(stdout);
        _exit(99);
    } else {
        struct os_wait_result result = os.wait();
        printf("the child: %s, exit code %d\n", result.pid == pid ? "ours" : "whose?",
               os.waitstatus_to_exitcode(result.status));
    }
}

static void processes(const char *self)
{
    report("wait without a child", os.wait().pid);
    os.putenv("FROM_PARENT", "hello");
    char *const again[] = {"again", "child", "two words", NULL};
    run(self, again);
    char *const die[] = {"again", "die", NULL};
    run(self, die);
    char *const none[] = {"x", NULL}, *const empty[] = {NULL};
    run("/no/such/program", none);
    run("/", none);
    run(self, empty);
    printf("a stopped one: %d", os.waitstatus_to_exitcode(0x137f) == -2147483647 - 1);
    printf(", %s\n", os.error_name(errno));
}

int main(int argc, char **argv)
{
    if (argc > 1 && strcmp(argv[1], "child") == 0) {
        printf("in the child: %d arguments, %s, %s\n", argc, argv[2],
               os.getenv("FROM_PARENT", "?"));
        return 42;
    }
    if (argc > 1 && strcmp(argv[1], "die") == 0)
        abort();
    char self[4096] = "";
    if (readlink("/proc/self/exe", self, sizeof self - 1) < 0)
        perror("self");
    report("mkdir of a place", os.mkdir("first-names", 0777));
    report("chdir", os.chdir("first-names"));
    start = os.getcwd();
    directories();
    environment();
    processes(self);
    os.chdir("..");
    report("rmdir of the place", os.rmdir("first-names"));
    free(start);
    return 7;
}
