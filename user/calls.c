/* calls: shows the system calls that a program makes, by PTRACE_SYSCALL: a small strace, to read.
 *
 * The child asks to be traced and runs the program. From then on it stops twice at each call: when
 * it begins, with number and arguments in its registers, and when it is over, with the result. The
 * kernel looks at no name and no structure: what a call means this program must know. It knows the
 * numbers' names; strace knows all the rest. */
/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

static const char *const names[] = {
#include <syscall_names.h>
};

enum { CALL_STOP = SIGTRAP | 0x80 }; /* with PTRACE_O_TRACESYSGOOD no signal looks so */

static _Noreturn void fail(const char *what)
{
    fprintf(stderr, "calls: %s: %s\n", what, strerror(errno));
    exit(1);
}

static void print_begin(const struct user_regs_struct *regs)
{
    unsigned long number = regs->orig_rax;
    bool known = number < sizeof names / sizeof *names && names[number];
    fprintf(stderr, "%s[%lu](%#lx, %#lx, %#lx)", known ? names[number] : "?", number, regs->rdi,
            regs->rsi, regs->rdx);
}

static void print_result(const struct user_regs_struct *regs)
{
    long result = (long)regs->rax;
    if (result < 0 && result > -4096)
        fprintf(stderr, " = -1 (%s)\n", strerror((int)-result));
    else
        fprintf(stderr, " = %#lx\n", result);
}

/* The program asks for it before it begins; the stop lets its tracer say how it wants to trace. */
static pid_t start(char **argv)
{
    pid_t pid = fork();
    if (pid < 0)
        fail("fork");
    if (pid == 0) {
        ptrace(PTRACE_TRACEME, 0, NULL, NULL);
        raise(SIGSTOP);
        execvp(argv[0], argv);
        fail(argv[0]);
    }
    if (waitpid(pid, NULL, 0) < 0 ||
        ptrace(PTRACE_SETOPTIONS, pid, NULL, PTRACE_O_TRACESYSGOOD | PTRACE_O_EXITKILL) < 0)
        fail("cannot trace");
    return pid;
}

/* Shows the stop; the signal with which the program is to go on. */
static int show(pid_t pid, int signal, bool *inside)
{
    struct user_regs_struct regs;
    if (signal != CALL_STOP) {
        if (signal != SIGTRAP) /* an exec's, which the program is not to get */
            fprintf(stderr, "--- signal %d (%s) ---\n", signal, strsignal(signal));
        return signal == SIGTRAP ? 0 : signal;
    }
    if (ptrace(PTRACE_GETREGS, pid, NULL, &regs) < 0)
        return 0; /* it was killed meanwhile */
    if (*inside)
        print_result(&regs);
    else
        print_begin(&regs);
    *inside = !*inside;
    return 0;
}

int main(int argc, char **argv)
{
    if (argc < 2) {
        fputs("usage: calls PROGRAM [ARG...]\n", stderr);
        return 2;
    }
    pid_t pid = start(argv + 1);
    int status, signal = 0;
    bool inside = false;
    for (;;) {
        ptrace(PTRACE_SYSCALL, pid, NULL, signal);
        if (waitpid(pid, &status, 0) < 0)
            fail("wait");
        if (!WIFSTOPPED(status))
            break;
        signal = show(pid, WSTOPSIG(status), &inside);
    }
    if (inside)
        fputs(" = ?\n", stderr);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
