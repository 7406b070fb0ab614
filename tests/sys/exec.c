/* execve: arguments, environment, what stays and what goes, scripts, set-id; and each errno.
 * needs: procfs users times files posix */
/* SPDX-License-Identifier: MIT */
#include "helpers.h"
#include <sched.h>

extern char **environ;
static char self[PATH_MAX];

/* As the new program: tells by its status whether it finds what the old one prepared. */
static int as_program(int argc, char **argv)
{
    if (!strcmp(argv[1], "args"))
        return argc == 4 && !strcmp(argv[0], "zero") && argv[2][0] == 0 &&
                       strlen(argv[3]) == 100000 && !argv[4] && environ[0] && !environ[1] &&
                       !strcmp(environ[0], "A=1")
                   ? 0
                   : 1;
    if (!strcmp(argv[1], "state")) {
        struct sigaction action;
        sigset_t set;
        stack_t stack;
        char name[20] = "";
        CHILD_REQUIRE(fcntl(50, F_GETFD) == 0);
        CHILD_REQUIRE(fcntl(51, F_GETFD) == -1 && errno == EBADF);
        CHILD_REQUIRE(sigaction(SIGUSR1, NULL, &action) == 0 && action.sa_handler == SIG_DFL);
        CHILD_REQUIRE(sigaction(SIGUSR2, NULL, &action) == 0 && action.sa_handler == SIG_IGN);
        CHILD_REQUIRE(sigprocmask(SIG_BLOCK, NULL, &set) == 0 && sigismember(&set, SIGTERM));
        CHILD_REQUIRE(sigpending(&set) == 0 && sigismember(&set, SIGTERM));
        CHILD_REQUIRE(sigaltstack(NULL, &stack) == 0 && stack.ss_flags == SS_DISABLE);
        CHILD_REQUIRE(alarm(0) > 90);
        CHILD_REQUIRE(getpid() == atoi(argv[2]));
        CHILD_REQUIRE(umask(0) == 031);
        int fd = open("/proc/self/comm", O_RDONLY);
        CHILD_REQUIRE(read(fd, name, sizeof name - 1) > 0 && !strcmp(name, "exec\n"));
        return 0;
    }
    if (!strcmp(argv[1], "script"))
        return argc == 5 && !strcmp(argv[0], self) && !strcmp(argv[2], "script") &&
                       !strcmp(argv[3], "a") && !strcmp(argv[4], "b")
                   ? 0
                   : 1;
    if (!strcmp(argv[1], "ids"))
        return getuid() == (uid_t)atoi(argv[2]) && geteuid() == (uid_t)atoi(argv[3]) &&
                       getgid() == (gid_t)atoi(argv[4]) && getegid() == (gid_t)atoi(argv[5])
                   ? 0
                   : 1;
    return 100;
}

/* The exit status of the program run in a child by `call`. */
#define STATUS_OF(call)                 \
    ({                                  \
        fflush(stdout);                 \
        pid_t child_ = fork();          \
        if (child_ == 0) {              \
            call;                       \
            _exit(errno);               \
        }                               \
        WEXITSTATUS(status_of(child_)); \
    })

static void check_arguments(void)
{
    static char big[100001];
    memset(big, 'b', 100000);
    char *args[] = {"zero", "args", "", big, NULL}, *env[] = {"A=1", NULL};
    CHECK_EQ(STATUS_OF(execve(self, args, env)), 0);
    CHECK_EQ(STATUS_OF(execve("/proc/self/exe", args, env)), 0);
}

static void a_handler(int number)
{
    (void)number;
}

static void check_state(void)
{
    CHECK_CHILD("what stays and what goes", {
        char pid[16];
        sigset_t block = set_of(SIGTERM);
        stack_t stack = {.ss_sp = malloc(65536), .ss_size = 65536};
        CHILD_REQUIRE(dup2(1, 50) == 50);
        CHILD_REQUIRE(dup3(1, 51, O_CLOEXEC) == 51);
        on(SIGUSR1, a_handler, 0);
        signal(SIGUSR2, SIG_IGN);
        sigprocmask(SIG_BLOCK, &block, NULL);
        raise(SIGTERM);
        sigaltstack(&stack, NULL);
        alarm(100);
        umask(031);
        snprintf(pid, sizeof pid, "%d", (int)getpid());
        execl(self, "x", "state", pid, NULL);
        _exit(99);
    });
}

static void make_program(const char *path, const void *bytes, size_t size)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0755);
    if (write(fd, bytes, size) != (ssize_t)size)
        NOTE("cannot write %s", path);
    close(fd);
    chmod(path, 0755);
}

static void copy_program(const char *path)
{
    static char block[65536];
    int in = open(self, O_RDONLY), out = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0755);
    for (ssize_t n; (n = read(in, block, sizeof block)) > 0;)
        if (write(out, block, n) != n)
            NOTE("cannot copy to %s", path);
    close(in);
    close(out);
    chmod(path, 0755);
}

static void check_scripts(void)
{
    char text[PATH_MAX + 100];
    copy_program("exec");
    CHECK_OK(mkdir("sub", 0755));
    /* The interpreter gets its one argument, the script's path, then the script's arguments. */
    snprintf(text, sizeof text, "#!%s  script \nexit 1\n", self);
    make_program("script", text, strlen(text));
    CHECK_EQ(STATUS_OF(execl("script", "s", "a", "b", NULL)), 0);
    make_program("true", "#! /bin/sh\nexit 33\n", 19);
    CHECK_EQ(STATUS_OF(execl("true", "true", NULL)), 33);
    make_program("echo", "#!/bin/sh -e\n[ \"$0 $#\" = \"./echo 2\" ] && exit 44\n", 50);
    CHECK_EQ(STATUS_OF(execl("./echo", "z", "a", "b", NULL)), 44);
    make_program("nested", "#!./echo\n", 9);
    CHECK_EQ(STATUS_OF(execl("nested", "z", "a", NULL)), 44);
    make_program("lost", "#!/none/sh\n", 11);
    CHECK_EQ(STATUS_OF(execl("lost", "z", NULL)), ENOENT);
    make_program("loop", "#!./loop\n", 9);
    CHECK_EQ(STATUS_OF(execl("loop", "z", NULL)), ELOOP);
    make_program("no_interpreter", "#!\n", 3);
    CHECK_EQ(STATUS_OF(execl("no_interpreter", "z", NULL)), ENOEXEC);
}

static void check_errors(void)
{
    char *args[] = {"x", NULL};
    make_program("text", "no program\n", 11);
    make_program("empty", "", 0);
    make_program("cut", "\177ELF\2\1\1", 7);
    make_program("plain", "x", 1);
    CHECK_OK(chmod("plain", 0644));
    CHECK_ERR(execve("text", args, environ), ENOEXEC);
    CHECK_ERR(execve("empty", args, environ), ENOEXEC);
    CHECK_ERR(execve("cut", args, environ), ENOEXEC);
    CHECK_ERR(execve("plain", args, environ), EACCES);
    CHECK_ERR(execve("sub", args, environ), EACCES);
    CHECK_ERR(execve("none", args, environ), ENOENT);
    CHECK_ERR(execve("", args, environ), ENOENT);
    CHECK_ERR(execve("text/x", args, environ), ENOTDIR);
    CHECK_ERR(execve("exec/", args, environ), ENOTDIR);
    CHECK_ERR(syscall(SYS_execve, NULL, args, environ), EFAULT);
    CHECK_ERR(syscall(SYS_execve, self, BAD_LOW, environ), EFAULT);
    CHECK_ERR(syscall(SYS_execve, self, args, BAD_KERNEL), EFAULT);
    char *bad[] = {"x", BAD_HOLE, NULL};
    CHECK_ERR(syscall(SYS_execve, self, bad, environ), EFAULT);
    char *huge = malloc(140000), *many[] = {"x", huge, NULL};
    memset(huge, 'h', 140000);
    huge[139999] = 0; /* one string of more than 32 pages */
    CHECK_ERR(execve(self, many, environ), E2BIG);
    int fd = open("exec", O_WRONLY);
    CHECK_ERR(execve("exec", args, environ), ETXTBSY);
    close(fd);
    free(huge);
}

static void check_set_id(void)
{
    if (!as_root("set-id programs"))
        return;
    copy_program("setid");
    CHECK_OK(chmod(".", 0755));
    CHECK_OK(chown("setid", USER, OTHER));
    CHECK_EQ(STATUS_OF(execl("setid", "x", "ids", "0", "0", "0", "0", NULL)), 0);
    CHECK_OK(chmod("setid", 06755));
    CHECK_EQ(STATUS_OF(execl("setid", "x", "ids", "0", "1000", "0", "2000", NULL)), 0);
    CHECK_OK(chmod("setid", 02755));
    CHECK_EQ(STATUS_OF(execl("setid", "x", "ids", "0", "0", "0", "2000", NULL)), 0);
    CHECK_OK(chmod("setid", 0754));
    become(3000);
    CHECK_ERR(execl("setid", "x", NULL), EACCES);
    become_root();
    CHECK_OK(chmod("setid", 0644));
    CHECK_ERR(execl("setid", "x", NULL), EACCES); /* not even root */
}

static int exec_with_shared_files(void *fd)
{
    char *words[] = {self, "exit", NULL};
    fcntl(*(int *)fd, F_SETFD, FD_CLOEXEC);
    execv(self, words);
    return 99;
}

/* A process that shares its descriptors with another has its own after exec. */
static void check_shared_files(void)
{
    static char stack[65536];
    int fd = open("/dev/null", O_RDONLY), status = -1;
    fflush(stdout);
    pid_t child = clone(exec_with_shared_files, stack + sizeof stack, CLONE_FILES | SIGCHLD, &fd);
    CHECK_EQ(waitpid(child, &status, 0), child);
    CHECK(WIFEXITED(status) && WEXITSTATUS(status) != 99);
    CHECK_EQ(fcntl(fd, F_GETFD), FD_CLOEXEC);
    close(fd);
}

int main(int argc, char **argv)
{
    ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);
    self[n < 0 ? 0 : n] = 0;
    if (argc > 1)
        return as_program(argc, argv);
    umask(022);
    CHECK_EQ(self[0], '/');
    check_arguments();
    check_state();
    check_scripts();
    check_errors();
    check_set_id();
    check_shared_files();
    return check_done();
}
