/* os.execv: what stays and what goes, scripts, and every errno of the contract. The program runs
 * itself again with a word that says what to look at.
 * needs: procfs files */
/* SPDX-License-Identifier: MIT */
#include "check.h"
#include <os.h>

static char self[PATH_MAX];

static void write_file(const char *path, const char *text, mode_t mode)
{
    int fd = os.open(path, O_WRONLY | O_CREAT | O_TRUNC, 0666);
    if (os.write(fd, text, strlen(text)) < 0)
        NOTE("write to %s failed", path);
    os.close(fd);
    os.chmod(path, mode);
}

/* The exit status of a program started by execv; 255 when execv itself failed. */
static int status_of(const char *path, char *const args[])
{
    pid_t child = os.fork();
    if (child == 0) {
        os.execv(path, args);
        os._exit(255);
    }
    return os.waitstatus_to_exitcode(os.waitpid(child, 0).status);
}

/* In the new program: 0 when all is as it must be after exec, else the number of what is not. */
static int look(char **argv)
{
    struct sigaction action;
    char *cwd = os.getcwd();
    if (os.getpid() != atoi(argv[2]))
        return 1;
    if (!cwd || !os.path.isfile("here"))
        return 2;
    if (os.umask(0) != 033)
        return 3;
    if (strcmp(os.getenv("OUROS_TEST", ""), "kept over exec") != 0)
        return 4;
    if (fcntl(100, F_GETFD) != -1 || errno != EBADF)
        return 5; /* close-on-exec */
    if (fcntl(101, F_GETFD) != 0)
        return 6;
    if (sigaction(SIGUSR1, NULL, &action) < 0 || action.sa_handler != SIG_DFL)
        return 7;
    if (sigaction(SIGUSR2, NULL, &action) < 0 || action.sa_handler != SIG_IGN)
        return 8;
    if (strcmp(argv[3], "") != 0 || strcmp(argv[4], "two words") != 0 || argv[5])
        return 9;
    return 0;
}

static void on_signal(int number)
{
    (void)number;
}

static void check_kept(void)
{
    write_file("here", "", 0644);
    pid_t child = os.fork();
    if (child == 0) {
        char pid[16];
        snprintf(pid, sizeof pid, "%d", (int)os.getpid());
        char *const args[] = {"execv", "look", pid, "", "two words", NULL};
        int fd = os.open("here", O_RDONLY, 0);
        fcntl(fd, F_DUPFD_CLOEXEC, 100);
        fcntl(fd, F_DUPFD, 101);
        signal(SIGUSR1, on_signal);
        signal(SIGUSR2, SIG_IGN);
        os.umask(033);
        os.putenv("OUROS_TEST", "kept over exec");
        os.execv(self, args);
        os._exit(255);
    }
    CHECK_EQ(os.waitstatus_to_exitcode(os.waitpid(child, 0).status), 0);
}

static void check_scripts(void)
{
    char script[2 * PATH_MAX];
    char *const args[] = {"script", "word", NULL};
    snprintf(script, sizeof script, "#!%s  script  \n", self);
    write_file("script", script, 0755);
    CHECK_EQ(status_of("./script", args), 42);
    write_file("script2", "#!./script\n", 0755); /* an interpreter that is a script itself */
    CHECK_EQ(status_of("./script2", args), 43);
    write_file("bad", "#!/no/such/interpreter\n", 0755);
    CHECK_ERR(os.execv("bad", args), ENOENT);
    write_file("loop", "#!./loop\n", 0755);
    CHECK_ERR(os.execv("loop", args), ELOOP);
}

static void check_errors(void)
{
    static char huge[200000];
    char *const args[] = {"x", NULL}, *const no_args[] = {NULL};
    CHECK_ERR(os.execv("missing", args), ENOENT);
    CHECK_ERR(os.execv("", args), ENOENT);
    CHECK_ERR(os.execv(".", args), EACCES);
    CHECK_ERR(os.execv("here/x", args), ENOTDIR);
    CHECK_ERR(os.execv("here", args), EACCES); /* not executable by anyone, not even root */
    write_file("text", "just words\n", 0755);
    CHECK_ERR(os.execv("text", args), ENOEXEC);
    write_file("empty", "", 0755);
    CHECK_ERR(os.execv("empty", args), ENOEXEC);
    CHECK_OK(os.symlink("round", "round"));
    CHECK_ERR(os.execv("round", args), ELOOP);
    CHECK_ERR(os.execv(self, no_args), EINVAL);
    memset(huge, 'h', sizeof huge - 1);
    char *const too_big[] = {"x", huge, NULL};
    CHECK_ERR(os.execv(self, too_big), E2BIG);
}

/* A program that is open for writing does not run; one that runs is not opened for writing. */
static void check_text_busy(void)
{
    char *const args[] = {"x", "script", "./a", "word", NULL};
    int from = os.open(self, O_RDONLY, 0), to = os.open("copy", O_WRONLY | O_CREAT, 0755);
    while (os.sendfile(to, from, NULL, 1 << 20) > 0)
        ;
    CHECK_ERR(os.execv("copy", args), ETXTBSY);
    os.close(to);
    os.close(from);
    CHECK_EQ(status_of("copy", args), 42);
    CHECK_ERR(os.open(self, O_WRONLY, 0), ETXTBSY);
}

int main(int argc, char **argv)
{
    if (argc > 2 && strcmp(argv[1], "look") == 0)
        return look(argv);
    if (argc > 3 && strcmp(argv[1], "script") == 0) /* self script ./script [./script2] word */
        return argc == 4 && strcmp(argv[3], "word") == 0   ? 42
               : argc == 5 && strcmp(argv[4], "word") == 0 ? 43
                                                           : 1;
    ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);
    CHECK(n > 0);
    check_kept();
    check_scripts();
    check_errors();
    check_text_busy();
    return check_done();
}
