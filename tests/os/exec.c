/* os.execv's whole family: arguments one by one or as a list, other environments, the search in
 * PATH and its errors. The program runs itself again under the name `show`, which prints what it
 * got.
 * needs: procfs */
/* SPDX-License-Identifier: MIT */
#include "check.h"
#include <os.h>

extern char **environ;
static char self[PATH_MAX], output[1000];

/* In the new program: arguments and environment on one line. */
static int show(int argc, char **argv)
{
    for (int i = 0; i < argc; i++)
        printf("%s,", argv[i]);
    for (char **entry = environ; *entry; entry++)
        printf(" %s", *entry);
    printf("\n");
    return 0;
}

/* What the child that runs the expression prints; or its errno's name where it comes back. */
#define OUTPUT_OF(expression)                           \
    ({                                                  \
        fflush(stdout);                                 \
        struct os_pipe_result out = os.pipe();          \
        pid_t pid = os.fork();                          \
        if (pid == 0) {                                 \
            os.dup2(out.w, 1);                          \
            expression;                                 \
            dprintf(1, "%s\n", strerrorname_np(errno)); \
            os._exit(1);                                \
        }                                               \
        os.close(out.w);                                \
        read_all(out.r);                                \
        os.waitpid(pid, 0);                             \
        output;                                         \
    })

static void read_all(int fd)
{
    size_t length = 0;
    for (ssize_t n; (n = os.read(fd, output + length, sizeof output - 1 - length)) > 0;)
        length += (size_t)n;
    output[length ? length - 1 : 0] = 0;
    os.close(fd);
}

static void write_file(const char *path, const char *text, mode_t mode)
{
    int fd = os.open(path, O_WRONLY | O_CREAT, 0666);
    if (os.write(fd, text, strlen(text)) < 0)
        NOTE("write to %s failed", path);
    os.close(fd);
    os.chmod(path, mode);
}

static void check_forms(void)
{
    char *const args[] = {"show", "one", "", "two words", NULL};
    char *const env[] = {"A=1", "B=two", NULL}, *const none[] = {NULL};
    CHECK_STR(OUTPUT_OF(os.execve("bin/show", args, env)), "show,one,,two words, A=1 B=two");
    CHECK_STR(OUTPUT_OF(os.execve("bin/show", args, none)), "show,one,,two words,");
    CHECK_STR(OUTPUT_OF(os.execle("bin/show", "show", "x", NULL, env)), "show,x, A=1 B=two");
    CHECK_STR(OUTPUT_OF(os.execle("bin/show", "show", NULL, none)), "show,");
    clearenv();
    os.putenv("ONLY", "this");
    CHECK_STR(OUTPUT_OF(os.execv("bin/show", args)), "show,one,,two words, ONLY=this");
    CHECK_STR(OUTPUT_OF(os.execl("bin/show", "show", "a", "b", NULL)), "show,a,b, ONLY=this");
    CHECK_STR(OUTPUT_OF(os.execl("bin/show", "show", NULL)), "show, ONLY=this");
    os.putenv("PATH", "bin");
    os.unsetenv("ONLY");
    CHECK_STR(OUTPUT_OF(os.execvp("show", args)), "show,one,,two words, PATH=bin");
    CHECK_STR(OUTPUT_OF(os.execlp("show", "show", "1", "2", "3", NULL)), "show,1,2,3, PATH=bin");
    char *const with_path[] = {"PATH=bin", "C=3", NULL};
    os.putenv("PATH", "/nowhere");
    CHECK_STR(OUTPUT_OF(os.execvpe("show", args, with_path)), "show,one,,two words, PATH=bin C=3");
    CHECK_STR(OUTPUT_OF(os.execlpe("show", "show", "z", NULL, with_path)), "show,z, PATH=bin C=3");
    CHECK_STR(OUTPUT_OF(os.execvpe("show", args, env)), "ENOENT"); /* by env's PATH, not by ours */
    os.putenv("KEPT", "yes"); /* what was changed in place reaches the next program */
    os.putenv("PATH", "bin");
    os.putenv("KEPT", "a longer value");
    CHECK_STR(OUTPUT_OF(os.execlp("show", "show", NULL)), "show, PATH=bin KEPT=a longer value");
    os.unsetenv("KEPT");
}

/* Directories are tried in order; the error told is the first that is more than "not there". */
static void check_search(void)
{
    char *const args[] = {"show", NULL};
    CHECK_OK(os.mkdir("empty", 0777));
    CHECK_OK(os.mkdir("plain", 0777));
    CHECK_OK(os.makedirs("taken/show", 0777, false));
    write_file("plain/show", "text", 0644);
    os.putenv("PATH", "empty:bin");
    CHECK_STR(OUTPUT_OF(os.execvp("show", args)), "show, PATH=empty:bin");
    os.putenv("PATH", "plain:bin"); /* found, though the first one may not be executed */
    CHECK_STR(OUTPUT_OF(os.execvp("show", args)), "show, PATH=plain:bin");
    os.putenv("PATH", "taken:bin");
    CHECK_STR(OUTPUT_OF(os.execvp("show", args)), "show, PATH=taken:bin");
    os.putenv("PATH", "plain/show:missing:bin"); /* a file as a directory is passed over */
    CHECK_STR(OUTPUT_OF(os.execvp("show", args)), "show, PATH=plain/show:missing:bin");
    os.putenv("PATH", "plain:empty");
    CHECK_ERR(os.execvp("show", args), EACCES);
    os.putenv("PATH", "empty:plain");
    CHECK_ERR(os.execvp("show", args), EACCES);
    os.putenv("PATH", "empty:missing");
    CHECK_ERR(os.execvp("show", args), ENOENT);
    CHECK_ERR(os.execvp("", args), EACCES); /* the directory itself, as in Python */
    os.putenv("PATH", "bin");
    CHECK_ERR(os.execvp("./show", args), ENOENT); /* with a slash there is no search */
    CHECK_STR(OUTPUT_OF(os.execvp("bin/show", args)), "show, PATH=bin");
    os.chdir("bin");
    os.putenv("PATH", ":/nowhere"); /* an empty one is the working directory */
    CHECK_STR(OUTPUT_OF(os.execvp("show", args)), "show, PATH=:/nowhere");
    os.putenv("PATH", "");
    CHECK_STR(OUTPUT_OF(os.execvp("show", args)), "show, PATH=");
    os.unsetenv("PATH");
    CHECK_ERR(os.execvp("show", args), ENOENT); /* the default is /bin:/usr/bin, without "." */
    os.chdir("..");
}

static void check_errors(void)
{
    char *const args[] = {"show", NULL}, *const none[] = {NULL}, *const unnamed[] = {"", NULL};
    char *const env[] = {"A=1", NULL};
    CHECK_ERR(os.execve("bin/show", none, env), EINVAL);
    CHECK_ERR(os.execve("bin/show", unnamed, env), EINVAL);
    CHECK_ERR(os.execv("bin/show", unnamed), EINVAL);
    CHECK_ERR(os.execvp("show", none), EINVAL);
    CHECK_ERR(os.execl("bin/show", "", NULL), EINVAL);
    CHECK_ERR(os.execve("missing", args, env), ENOENT);
    CHECK_ERR(os.execle("plain/show", "show", NULL, env), EACCES);
    CHECK_ERR(os.execl("plain", "show", NULL), EACCES);
    write_file("words", "just words\n", 0755);
    CHECK_ERR(os.execl("words", "show", NULL), ENOEXEC);
    os.putenv("PATH", ".");
    CHECK_ERR(os.execlp("words", "show", NULL), ENOEXEC); /* no shell is tried */
    CHECK_ERR(os.execve("bin/show", args, (char *const *)8), EFAULT);
}

static void check_exec_path(void)
{
    char *const env[] = {"A=1", "PATH=/a:/b::c", NULL}, *const none[] = {"A=1", NULL};
    char **dirs = os.get_exec_path(env);
    CHECK(dirs && !strcmp(dirs[0], "/a") && !strcmp(dirs[1], "/b") && !strcmp(dirs[2], "") &&
          !strcmp(dirs[3], "c") && !dirs[4]);
    free(dirs);
    dirs = os.get_exec_path(none);
    CHECK(dirs && !strcmp(dirs[0], "/bin") && !strcmp(dirs[1], "/usr/bin") && !dirs[2]);
    free(dirs);
    os.putenv("PATH", "ours");
    dirs = os.get_exec_path(NULL);
    CHECK(dirs && !strcmp(dirs[0], "ours") && !dirs[1]);
    free(dirs);
}

int main(int argc, char **argv)
{
    if (strcmp(argv[0], "show") == 0)
        return show(argc, argv);
    ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);
    CHECK(n > 0);
    CHECK_OK(os.mkdir("bin", 0777));
    CHECK_OK(os.symlink(self, "bin/show"));
    check_forms();
    check_search();
    check_errors();
    check_exec_path();
    return check_done();
}
