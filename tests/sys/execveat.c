/* execveat, by a directory's descriptor and by the file's own: what the program and a script's
 * interpreter find as their path and name; files that are open for writing; long lines after #!.
 * needs: procfs memfd execveat */
/* SPDX-License-Identifier: MIT */
#include "helpers.h"
#include <stdarg.h>

static const char *here; /* this folder */

/* In the program that was started: arguments and comm, with a bar between each. */
static int compare(int argc, char **argv, const char *wanted)
{
    char found[2048] = "", comm[32] = "";
    for (int i = 0; i < argc; i++) {
        strcat(found, argv[i]);
        strcat(found, "|");
    }
    int fd = open("/proc/self/comm", O_RDONLY);
    long n = read(fd, comm, sizeof comm - 1);
    comm[n > 0 ? n - 1 : 0] = '\0';
    strcat(found, comm);
    if (strcmp(found, wanted) == 0)
        return 0;
    fprintf(stderr, "# found  %s\n# wanted %s\n", found, wanted);
    return 1;
}

/* Starts it with the arguments "show" and "x"; 0 if it found what is wanted, else errno, or 255 if
 * it found something else. */
static int run(int dirfd, const char *path, int flags, const char *format, ...)
{
    char wanted[2048] = "WANTED=";
    char *argv[] = {"show", "x", NULL}, *envp[] = {wanted, NULL};
    va_list args;
    va_start(args, format);
    vsnprintf(wanted + 7, sizeof wanted - 7, format, args);
    va_end(args);
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        syscall(SYS_execveat, dirfd, path, argv, envp, flags);
        _exit(errno);
    }
    int status = status_of(child);
    return status == 1 << 8 ? 255 : WIFEXITED(status) ? WEXITSTATUS(status) : 254;
}

static int copy_into(int out)
{
    static char bytes[65536];
    int in = open("/proc/self/exe", O_RDONLY);
    for (ssize_t n; (n = read(in, bytes, sizeof bytes)) > 0;)
        if (write(out, bytes, n) != n)
            NOTE("cannot write the program");
    close(in);
    return out;
}

static void make_script(const char *path, const char *line)
{
    unlink(path);
    make_file(path, line);
    chmod(path, 0755);
}

static void check_directory(void)
{
    int d = open("d", O_RDONLY | O_DIRECTORY), c = open("d", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    char path[1100];
    CHECK_EQ(run(d, "program", 0, "show|x|program"), 0);
    CHECK_EQ(run(c, "program", 0, "show|x|program"), 0);
    CHECK_EQ(run(d, "script", 0, "%s/program|arg|/dev/fd/%d/script|x|script", here, d), 0);
    CHECK_EQ(run(d, "link", 0, "%s/program|arg|/dev/fd/%d/link|x|link", here, d), 0);
    CHECK_EQ(run(d, "link", AT_SYMLINK_NOFOLLOW, ""), ELOOP);
    CHECK_EQ(run(c, "script", 0, ""), ENOENT); /* the interpreter could not open it */
    snprintf(path, sizeof path, "%s/d/script", here);
    CHECK_EQ(run(c, path, 0, "%s/program|arg|%s|x|script", here, path), 0);
    CHECK_EQ(run(99, path, 0, "%s/program|arg|%s|x|script", here, path), 0);
    CHECK_EQ(run(AT_FDCWD, "d/script", 0, "%s/program|arg|d/script|x|script", here), 0);
    CHECK_EQ(run(99, "script", 0, ""), EBADF);
    CHECK_EQ(run(d, "", 0, ""), ENOENT);
    CHECK_EQ(run(AT_FDCWD, "", AT_EMPTY_PATH, ""), EACCES);
    CHECK_EQ(run(d, "program", 0x800, ""), EINVAL);
    close(d);
    close(c);
}

/* By its descriptor alone. Since Linux 6.14 comm is then the file's name, as here; before that it
 * was the descriptor's number. */
static void check_descriptor(void)
{
    int fd = open("d/program", O_RDONLY), path = open("d/program", O_PATH | O_CLOEXEC);
    int script = open("d/script", O_RDONLY), ends = open("d/script", O_RDONLY | O_CLOEXEC);
    CHECK_EQ(run(fd, "", AT_EMPTY_PATH, "show|x|program"), 0);
    CHECK_EQ(run(path, "", AT_EMPTY_PATH, "show|x|program"), 0);
    CHECK_EQ(run(script, "", AT_EMPTY_PATH, "%s/program|arg|/dev/fd/%d|x|program", here, script),
             0);
    CHECK_EQ(run(ends, "", AT_EMPTY_PATH, ""), ENOENT);
    CHECK_EQ(run(fd, "script", 0, ""), ENOTDIR);
    close(fd);
    close(path);
    close(script);
    close(ends);
}

/* A program that someone may write to is not started, but for a memfd, which is made open. */
static void check_open_for_writing(void)
{
    char path[64];
    int memory = copy_into((int)syscall(SYS_memfd_create, "in memory", 0));
    CHECK_EQ(run(memory, "", AT_EMPTY_PATH, "show|x|memfd:in memory"), 0);
    snprintf(path, sizeof path, "/proc/self/fd/%d", memory);
    int again = open(path, O_RDWR);
    CHECK_OK(again);
    CHECK_EQ(run(memory, "", AT_EMPTY_PATH, ""), ETXTBSY);
    close(again);
    CHECK_EQ(run(memory, "", AT_EMPTY_PATH, "show|x|memfd:in memory"), 0);
    CHECK_OK(ftruncate(memory, 0));
    CHECK_EQ(run(memory, "", AT_EMPTY_PATH, ""), ENOEXEC);
    close(memory);
    int fd = open("program", O_RDWR);
    CHECK_EQ(run(fd, "", AT_EMPTY_PATH, ""), ETXTBSY);
    close(fd);
}

/* A line of n bytes, "#!" and as many slashes as it takes before the program's path. */
static int run_script_of(int n, const char *end)
{
    char line[600];
    memset(line, '/', sizeof line);
    memcpy(line, "#!", 2);
    snprintf(line + n - strlen(here) - strlen("/program"), 400, "%s/program%s", here, end);
    make_script("long", line);
    line[n] = '\0';
    return run(AT_FDCWD, "./long", 0, "%s|./long|x|long", line + 2);
}

static void check_lines(void)
{
    CHECK_EQ(run_script_of(254, "\n"), 0);
    CHECK_EQ(run_script_of(255, "\n"), 0);
    CHECK_EQ(run_script_of(255, "\nmore"), 0);
    CHECK_EQ(run_script_of(255, ""), 0);
    CHECK_EQ(run_script_of(255, "more"), ENOEXEC);
    CHECK_EQ(run_script_of(256, "\n"), ENOEXEC);
    CHECK_EQ(run_script_of(257, "\n"), ENOEXEC);
}

/* Without arguments a program has an empty one, since Linux 5.18; a script's are its interpreter's.
 */
static void check_no_arguments(void)
{
    char wanted[600];
    char *none[] = {NULL}, *envp[] = {wanted, NULL};
    for (int i = 0; i < 4; i++) {
        snprintf(wanted, sizeof wanted,
                 i < 2 ? "WANTED=|program" : "WANTED=%s/program|arg|d/script|script", here);
        fflush(stdout);
        pid_t child = fork();
        if (child == 0) {
            syscall(SYS_execve, i < 2 ? "program" : "d/script", i % 2 ? none : NULL, envp);
            _exit(errno);
        }
        CHECK_EQ(status_of(child), 0);
    }
}

int main(int argc, char **argv)
{
    char line[600];
    if (getenv("WANTED"))
        return compare(argc, argv, getenv("WANTED"));
    here = getcwd(NULL, 0);
    if (mkdir("d", 0755))
        NOTE("no folder");
    close(copy_into(open("program", O_CREAT | O_WRONLY, 0755)));
    close(copy_into(open("d/program", O_CREAT | O_WRONLY, 0755)));
    snprintf(line, sizeof line, "#!%s/program arg\n", here);
    make_script("d/script", line);
    if (symlink("script", "d/link"))
        NOTE("no link");
    check_directory();
    check_descriptor();
    check_open_for_writing();
    check_lines();
    check_no_arguments();
    return check_done();
}
