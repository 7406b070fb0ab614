/* init: the first process. Runs one command or a shell, reaps all orphans, and exits with the
 * status of the command; then the kernel turns the machine off.
 *
 * Which command it is, its environment and its directory come from a file that tools/vm adds to the
 * image (RUN_FILE), otherwise from the kernel's command line; without either, init runs a shell.
 * The command runs in a child, in a new session whose controlling terminal is the console.
 * Meanwhile init waits for children: an orphan of any process becomes a child of init, and stays a
 * zombie until init has waited for it. */
/* SPDX-License-Identifier: MIT */
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>
#include "lib/pack.h"

#define RUN_FILE "/etc/vm.run"  /* NUL-terminated strings KEY=VALUE, written by tools/vm */
#define TRACER   "/ouros/trace" /* strace with its libraries, where tools/vm --trace puts them */
enum { MAX_ARGS = 1024, MAX_GETS = 64, STATUS_NOT_EXECUTABLE = 126, STATUS_NOT_FOUND = 127 };

/* The command to run, and how. The defaults are for a boot without tools/vm. */
static struct {
    bool
        pipe[3]; /* standard input, output or error is connected to tools/vm, not to the terminal */
    struct winsize size;
    bool trace;
    const char *cwd;
    char *args[MAX_ARGS + 1];
    int n_args;
    const char *gets[MAX_GETS]; /* what tools/vm wants at the end */
    int n_gets;
    const char *mark; /* by which it knows where that begins */
} job = {.cwd = "/root"};

static const char *value_of(const char *setting, const char *key)
{
    size_t n = strlen(key);
    return strncmp(setting, key, n) == 0 && setting[n] == '=' ? setting + n + 1 : NULL;
}

static void take_setting(char *setting)
{
    static const char *const streams[3] = {"stdin", "stdout", "stderr"};
    const char *value;
    for (int fd = 0; fd < 3; fd++)
        if ((value = value_of(setting, streams[fd])))
            job.pipe[fd] = strcmp(value, "pipe") == 0;
    if ((value = value_of(setting, "rows")))
        job.size.ws_row = atoi(value);
    if ((value = value_of(setting, "cols")))
        job.size.ws_col = atoi(value);
    if ((value = value_of(setting, "cwd")))
        job.cwd = value;
    if ((value = value_of(setting, "trace")))
        job.trace = atoi(value);
    if ((value = value_of(setting, "env")))
        putenv((char *)value);
    if ((value = value_of(setting, "arg")) && job.n_args < MAX_ARGS)
        job.args[job.n_args++] = (char *)value;
    if ((value = value_of(setting, "get")) && job.n_gets < MAX_GETS)
        job.gets[job.n_gets++] = value;
    if ((value = value_of(setting, "mark")))
        job.mark = value;
}

/* Reads RUN_FILE, if there is one. Its memory is not freed, because the settings point into it. */
static void read_run_file(void)
{
    int fd = open(RUN_FILE, O_RDONLY | O_CLOEXEC);
    struct stat st;
    if (fd < 0 || fstat(fd, &st) < 0)
        return;
    char *text = calloc(1, st.st_size + 1);
    if (!text || read(fd, text, st.st_size) != st.st_size)
        exit(STATUS_NOT_EXECUTABLE);
    close(fd);
    unlink(RUN_FILE);
    for (char *at = text; at < text + st.st_size; at += strlen(at) + 1)
        take_setting(at);
}

/* The kernel starts init with Linux's defaults, where HOME is /. RUN_FILE may name other values. */
static void set_environment(void)
{
    setenv("PATH", "/bin:/usr/bin:/sbin:/usr/sbin:/ouros/bin", 1);
    setenv("HOME", "/root", 1);
    setenv("TERM", "vt100", 0);
    setenv("LANG", "C.UTF-8", 0);
}

/* Without RUN_FILE the kernel's command line names the command. */
static void take_arguments(int argc, char **argv)
{
    bool asked = job.n_args > 0;
    for (int i = 1; i < argc && i <= MAX_ARGS && !asked; i++)
        job.args[job.n_args++] = argv[i];
}

static bool uses_terminal(void)
{
    return !job.pipe[0] || !job.pipe[1] || !job.pipe[2];
}

static void open_as(int wanted, const char *path, int flags)
{
    int fd = open(path, flags);
    if (fd < 0) {
        int log = open("/dev/kmsg", O_WRONLY);
        dprintf(log, "init: %s: %s\n", path, strerror(errno));
        exit(STATUS_NOT_EXECUTABLE);
    }
    if (fd != wanted) {
        dup2(fd, wanted);
        close(fd);
    }
}

/* In the child: starts a session and opens the streams. The console becomes its controlling
 * terminal, unless all streams are connected to tools/vm. */
static void open_streams(void)
{
    static const char *const host[3] = {"/dev/hostio", "/dev/hostio", "/dev/hosterr"};
    setsid();
    for (int fd = 0; fd < 3; fd++)
        close(fd);
    for (int fd = 0; fd < 3; fd++)
        open_as(fd, job.pipe[fd] ? host[fd] : "/dev/console",
                job.pipe[fd] ? (fd ? O_WRONLY : O_RDONLY) : O_RDWR);
    if (!uses_terminal())
        return;
    int terminal = open("/dev/console", O_RDWR | O_CLOEXEC);
    ioctl(terminal, TIOCSCTTY, 0);
    if (job.size.ws_row && job.size.ws_col)
        ioctl(terminal, TIOCSWINSZ, &job.size);
    close(terminal);
}

static void print_file(const char *path)
{
    char buf[512];
    ssize_t n;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    while (fd >= 0 && (n = read(fd, buf, sizeof buf)) > 0)
        if (write(1, buf, n) < 0)
            break;
    if (fd >= 0)
        close(fd);
}

/* Runs an interactive shell as a login shell, so that it reads /etc/profile; osh if BusyBox is not
 * there. BusyBox prints a banner of five lines: it goes to /dev/null, and the profile connects the
 * standard output to the terminal again. */
static void run_shell(void)
{
    bool interactive = isatty(0) && isatty(1) && isatty(2) && access("/bin/busybox", X_OK) == 0;
    print_file("/etc/motd");
    if (interactive) {
        open_as(1, "/dev/null", O_WRONLY);
        setenv("QUIET_START", "1", 1);
        execl("/bin/sh", "-sh", "-i", (char *)NULL);
        unsetenv("QUIET_START");
        open_as(1, "/dev/console", O_RDWR);
    }
    execl("/bin/sh", "-sh", (char *)NULL);
    execl("/ouros/bin/osh", "-osh", (char *)NULL);
}

/* Changes to the working directory. Makes no call if that is the present one, so that programs also
 * run on a system that has no chdir yet. */
static void enter_directory(void)
{
    if (strcmp(job.cwd, "/") == 0) /* process 1 starts there on every system */
        return;
    if (chdir(job.cwd) < 0 && job.n_args)
        fprintf(stderr, "init: warning: cannot go to %s: %s; going on in /\n", job.cwd,
                strerror(errno));
}

/* The file that execvp finds for a name: the first one in PATH; NULL if there is none. */
static const char *find_program(const char *name)
{
    static char path[4096];
    const char *from = strchr(name, '/') ? "" : getenv("PATH");
    while (from) {
        int n = (int)strcspn(from, ":");
        snprintf(path, sizeof path, "%.*s%s%s", n, from, n ? "/" : "", name);
        if (access(path, F_OK) == 0)
            return path;
        from = from[n] ? from + n + 1 : NULL;
    }
    return NULL;
}

/* The interpreter that an ELF file or a script names; NULL if it names none. */
static const char *loader_of(const char *path)
{
    static char head[4096];
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t n = fd < 0 ? -1 : read(fd, head, sizeof head - 1);
    const Elf64_Ehdr *elf = (const Elf64_Ehdr *)head;
    if (fd >= 0)
        close(fd);
    if (n > 3 && memcmp(head, "#!", 2) == 0) {
        char *name = head + 2 + strspn(head + 2, " \t");
        name[strcspn(name, " \t\n")] = 0;
        return name;
    }
    if (n < (ssize_t)sizeof *elf || memcmp(head, "\177ELF", 4) != 0)
        return NULL;
    for (size_t i = 0, at = elf->e_phoff; i < elf->e_phnum; i++, at += sizeof(Elf64_Phdr)) {
        const Elf64_Phdr *part = (const Elf64_Phdr *)(head + at);
        if (at + sizeof *part > (size_t)n)
            break;
        if (part->p_type == PT_INTERP && part->p_offset < (size_t)n)
            return head + part->p_offset;
    }
    return NULL;
}

/* Says why a program could not be run. The file may exist, and its interpreter may not. */
static void complain(const char *name, int error)
{
    const char *path = find_program(name), *loader = NULL;
    if (error == ENOENT && path && (loader = loader_of(path)))
        fprintf(stderr, "init: %s: needs %s, which is not in this image\n", name, loader);
    else
        fprintf(stderr, "init: %s: %s%s\n", name, strerror(error),
                error == EACCES && path ? " (may it be executed? chmod +x)" : "");
}

/* ---- tools/vm --trace: strace tells what the job calls, and the kernel logs it ---- */

/* Passes on what strace writes, line by line, until it has ended. */
static _Noreturn void copy_trace(void)
{
    static char line[1000];
    int log = open("/dev/kmsg", O_WRONLY | O_CLOEXEC);
    FILE *from = fopen(TRACER "/log", "r");
    while (from && fgets(line, sizeof line, from))
        if (write(log, line, strlen(line)) < 0)
            break;
    exit(0);
}

/* The process that logs; 0 without one. */
static pid_t start_trace(void)
{
    if (!job.trace || !job.n_args || mkfifo(TRACER "/log", 0600) < 0)
        return 0;
    pid_t pid = fork();
    if (pid == 0)
        copy_trace();
    return pid;
}

/* Runs strace, which runs the job. Its own loader is beside it, if it has one. Where there is
 * nothing to run the log is opened all the same, and ends. */
static void run_traced(void)
{
    static char *const how[] = {TRACER "/ld.so",
                                "--library-path",
                                TRACER,
                                TRACER "/strace",
                                "-f",
                                "-o",
                                TRACER "/log",
                                "--"};
    enum { N_HOW = sizeof how / sizeof *how, N_LOADER = 3 };
    static char *args[N_HOW + MAX_ARGS + 1];
    int first = access(how[0], F_OK) == 0 ? 0 : N_LOADER;
    memcpy(args, how, sizeof how);
    memcpy(args + N_HOW, job.args, sizeof job.args);
    if (find_program(job.args[0]))
        execv(args[first], args + first);
    close(open(TRACER "/log", O_WRONLY));
}

static _Noreturn void run_job(void)
{
    open_streams();
    enter_directory();
    if (job.trace && job.n_args)
        run_traced();
    if (job.n_args)
        execvp(job.args[0], job.args);
    else
        run_shell();
    int error = errno;
    complain(job.n_args ? job.args[0] : "/bin/sh", error);
    exit(error == ENOENT ? STATUS_NOT_FOUND : STATUS_NOT_EXECUTABLE);
}

/* Sends what tools/vm asked for, when all that could change it has ended. */
static void send_files(void)
{
    if (!job.n_gets || !job.mark)
        return;
    kill(-1, SIGKILL);
    while (wait(NULL) > 0)
        ;
    int fd = open("/dev/hostio", O_WRONLY | O_CLOEXEC);
    size_t n = strlen(job.mark);
    bool good = fd >= 0 && write(fd, job.mark, n) == (ssize_t)n;
    for (int i = 0; good && i < job.n_gets; i++) {
        char name[8];
        snprintf(name, sizeof name, "%d", i);
        good = pack_tree(fd, job.gets[i], name);
    }
    if (!good || !pack_end(fd))
        perror("init: /dev/hostio");
    close(fd);
}

/* BusyBox's halt, poweroff and reboot ask init by a signal. It comes while init waits for its
 * children, and does nothing else. */
static void on_end_asked(int number)
{
    send_files(); /* NOLINT(bugprone-signal-handler) */
    sync();       /* NOLINT(bugprone-signal-handler): both are but a system call */
    /* NOLINTNEXTLINE(bugprone-signal-handler) */
    reboot(number == SIGUSR1 ? RB_HALT_SYSTEM : number == SIGUSR2 ? RB_POWER_OFF : RB_AUTOBOOT);
}

static void when_end_is_asked(void (*action)(int))
{
    signal(SIGUSR1, action);
    signal(SIGUSR2, action);
    signal(SIGTERM, action);
}

int main(int argc, char **argv)
{
    open_as(0, "/dev/console", O_RDWR | O_NOCTTY); /* so that init itself can print messages */
    dup2(0, 1);
    dup2(0, 2);
    set_environment();
    read_run_file();
    take_arguments(argc, argv);
    when_end_is_asked(on_end_asked); /* before the job, which counts what init has allocated */
    pid_t logger = start_trace();
    pid_t command = fork();
    if (command == 0) {
        when_end_is_asked(SIG_DFL);
        run_job();
    }
    if (command < 0) {
        perror("init: fork");
        return STATUS_NOT_EXECUTABLE;
    }
    for (int status;;) {
        pid_t pid = wait(&status);
        if (pid != command)
            continue;
        if (logger)
            waitpid(logger, NULL, 0);
        send_files();
        return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    }
}
