/* What the programs about ptrace share: a child that is traced, and its stops by name. */
/* SPDX-License-Identifier: MIT */
#pragma once
#include "helpers.h"
#include <sys/ptrace.h>
#include <sys/uio.h>
#include <sys/user.h>

/* A child that has asked to be traced and stopped; then it runs what it was given. */
__attribute__((unused)) static pid_t traced_child(void (*run)(void))
{
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        ptrace(PTRACE_TRACEME, 0, NULL, NULL);
        raise(SIGSTOP);
        run();
        _exit(0);
    }
    if (status_of(child) != (SIGSTOP << 8 | 0x7f))
        NOTE("the child did not stop");
    return child;
}

/* The next change of any thread or process, -1 without one; whose it is goes to *id. */
__attribute__((unused)) static int next_of_any(pid_t *id)
{
    int status = -1;
    *id = waitpid(-1, &status, __WALL);
    return *id < 0 ? -1 : status;
}

__attribute__((unused)) static int next_of(pid_t pid)
{
    int status = -1;
    return waitpid(pid, &status, __WALL) == pid ? status : -1;
}

/* Lets it go on with a request and a signal, and waits for its next change. */
__attribute__((unused)) static int go_on(pid_t pid, int request, int signal)
{
    if (ptrace(request, pid, NULL, (void *)(long)signal) < 0)
        return -1;
    return next_of(pid);
}

/* The wait status of a stop: a signal and perhaps an event. */
#define STOP(signal, event) ((event) << 16 | (signal) << 8 | 0x7f)
#define EXITED(status)      ((status) << 8)

__attribute__((unused)) static struct user_regs_struct registers_of(pid_t pid)
{
    struct user_regs_struct regs;
    memset(&regs, 0, sizeof regs);
    ptrace(PTRACE_GETREGS, pid, NULL, &regs);
    return regs;
}

__attribute__((unused)) static unsigned long message_of(pid_t pid)
{
    unsigned long message = ~0ul;
    ptrace(PTRACE_GETEVENTMSG, pid, NULL, &message);
    return message;
}

__attribute__((unused)) static void end_child(pid_t pid)
{
    kill(pid, SIGKILL);
    while (waitpid(pid, NULL, __WALL) == pid && kill(pid, 0) == 0)
        ;
}
