/* What strace.t watches on Linux and on Ouros: `traced FOLDER SUBJECT` makes the calls of one. */
/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

static void on_signal(int signal)
{
    (void)signal;
}

static void files(void)
{
    char text[64];
    struct stat st;
    mkdir("d", 0750);
    int fd = open("d/f", O_RDWR | O_CREAT | O_EXCL, 0640);
    write(fd, "hello\n", 6);
    lseek(fd, 1, SEEK_SET);
    read(fd, text, sizeof text);
    fstat(fd, &st);
    dup2(fd, 9);
    fcntl(9, F_SETFD, FD_CLOEXEC);
    ftruncate(fd, 3);
    close(fd);
    rename("d/f", "d/g");
    symlink("g", "d/s");
    readlink("d/s", text, sizeof text);
    link("d/g", "d/h");
    open("d/none", O_RDONLY);
    access("d/g", R_OK | W_OK);
    chmod("d/g", 0600);
    rmdir("d");
    chdir("d");
    getcwd(text, 1);
    unlink("g"), unlink("h"), unlink("s");
    chdir("..");
    rmdir("d");
}

static void signals(void)
{
    struct sigaction action = {.sa_handler = on_signal, .sa_flags = SA_RESTART};
    sigaction(SIGUSR1, &action, NULL);
    sigaction(SIGALRM, &action, NULL);
    kill(getpid(), SIGUSR1);
    raise(SIGUSR1);
    kill(getpid(), SIGURG); /* no handler, and no effect */
    kill(getpid(), SIGWINCH);
    setitimer(ITIMER_REAL, &(struct itimerval){.it_value = {.tv_usec = 20000}}, NULL);
    pause();
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGUSR2);
    sigprocmask(SIG_BLOCK, &set, NULL);
    kill(getpid(), SIGUSR2);
    signal(SIGUSR2, SIG_IGN);
    sigprocmask(SIG_UNBLOCK, &set, NULL);
}

static void children(void)
{
    int status, ends[2];
    pipe(ends);
    pid_t child = fork();
    if (child == 0) {
        char byte;
        close(ends[1]);
        read(ends[0], &byte, 1);
        _exit(3);
    }
    close(ends[0]);
    close(ends[1]);
    waitpid(child, &status, 0);
    child = fork();
    if (child == 0)
        for (;;)
            pause();
    kill(child, SIGTERM);
    waitpid(child, &status, 0);
    child = fork();
    if (child == 0) {
        raise(SIGSTOP);
        _exit(0);
    }
    waitpid(child, &status, WUNTRACED);
    kill(child, SIGCONT);
    waitpid(child, &status, 0);
    waitpid(-1, &status, 0);
}

static void fault(void)
{
    struct sigaction action = {.sa_handler = on_signal, .sa_flags = SA_RESETHAND};
    sigaction(SIGSEGV, &action, NULL);
    *(volatile int *)16 = 1;
}

static void read_only(void)
{
    volatile char *page = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    page[1] = 1;
}

static void divide(void)
{
    volatile int zero = 0;
    zero = 1 / zero;
}

static void privileged(void)
{
    __asm__ volatile("hlt");
}

static void invalid(void)
{
    __asm__ volatile("ud2");
}

static void broken_pipe(void)
{
    int ends[2];
    pipe(ends);
    close(ends[0]);
    write(ends[1], "x", 1);
}

static void next_program(char **argv)
{
    char *next[] = {argv[0], argv[1], "files", NULL}, *none[] = {NULL};
    execve("./none", next, none);
    execve(argv[0], next, none);
}

int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        void (*run)(void);
    } subjects[] = {
        {"files", files},           {"signals", signals},     {"children", children},
        {"fault", fault},           {"read-only", read_only}, {"divide", divide},
        {"privileged", privileged}, {"invalid", invalid},     {"pipe", broken_pipe},
    };
    if (argc != 3 || chdir(argv[1]) < 0)
        return 2;
    if (strcmp(argv[2], "exec") == 0)
        next_program(argv);
    for (size_t i = 0; i < sizeof subjects / sizeof *subjects; i++)
        if (strcmp(argv[2], subjects[i].name) == 0)
            subjects[i].run();
    return 0;
}
