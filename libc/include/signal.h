/* Signals: sending, blocking and handling them. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <abi/signal.h>
#include <abi/timespec.h>
#include <sys/types.h>

typedef kernel_sigset_t sigset_t;
typedef int sig_atomic_t;
typedef void (*sighandler_t)(int);
typedef kernel_ucontext_t ucontext_t;

#define NSIG     65
#define _NSIG    NSIG
#define SIGRTMIN 34
#define SIGRTMAX 64
#define SIG_DFL  ((sighandler_t)0)
#define SIG_IGN  ((sighandler_t)1)
#define SIG_ERR  ((sighandler_t)-1)

struct sigaction {
    union {
        sighandler_t __handler;
        void (*__action)(int, siginfo_t *, void *);
    } __call;
    sigset_t sa_mask;
    int sa_flags;
};
#define sa_handler   __call.__handler
#define sa_sigaction __call.__action

int kill(pid_t pid, int signal);
int killpg(pid_t pgid, int signal);
int tgkill(pid_t pid, pid_t tid, int signal);
int raise(int signal);
sighandler_t signal(int signal, sighandler_t handler);
int sigaction(int signal, const struct sigaction *restrict action, struct sigaction *restrict old);
int siginterrupt(int signal, int interrupt);
int sigprocmask(int how, const sigset_t *restrict set, sigset_t *restrict old);
int pthread_sigmask(int how, const sigset_t *restrict set, sigset_t *restrict old);
int pthread_kill(pthread_t thread, int signal);
int pthread_sigqueue(pthread_t thread, int signal, union sigval value);
int sigsuspend(const sigset_t *mask);
int sigpending(sigset_t *set);
int sigwait(const sigset_t *restrict set, int *restrict signal);
int sigwaitinfo(const sigset_t *restrict set, siginfo_t *restrict info);
int sigtimedwait(const sigset_t *restrict set, siginfo_t *restrict info,
                 const struct timespec *restrict limit);
int sigqueue(pid_t pid, int signal, union sigval value);
int sigaltstack(const stack_t *restrict stack, stack_t *restrict old);
int sigemptyset(sigset_t *set);
int sigfillset(sigset_t *set);
int sigaddset(sigset_t *set, int signal);
int sigdelset(sigset_t *set, int signal);
int sigismember(const sigset_t *set, int signal);
void psignal(int signal, const char *what);
