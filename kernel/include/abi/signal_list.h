/* Every signal that has a name, with strsignal's text: X(name, text), SIGHUP being the first. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <abi/signal.h>

#define SIGNAL_LIST(X)                     \
    X(SIGHUP, "Hangup")                    \
    X(SIGINT, "Interrupt")                 \
    X(SIGQUIT, "Quit")                     \
    X(SIGILL, "Illegal instruction")       \
    X(SIGTRAP, "Trace/breakpoint trap")    \
    X(SIGABRT, "Aborted")                  \
    X(SIGBUS, "Bus error")                 \
    X(SIGFPE, "Floating point exception")  \
    X(SIGKILL, "Killed")                   \
    X(SIGUSR1, "User defined signal 1")    \
    X(SIGSEGV, "Segmentation fault")       \
    X(SIGUSR2, "User defined signal 2")    \
    X(SIGPIPE, "Broken pipe")              \
    X(SIGALRM, "Alarm clock")              \
    X(SIGTERM, "Terminated")               \
    X(SIGSTKFLT, "Stack fault")            \
    X(SIGCHLD, "Child exited")             \
    X(SIGCONT, "Continued")                \
    X(SIGSTOP, "Stopped (signal)")         \
    X(SIGTSTP, "Stopped")                  \
    X(SIGTTIN, "Stopped (tty input)")      \
    X(SIGTTOU, "Stopped (tty output)")     \
    X(SIGURG, "Urgent I/O condition")      \
    X(SIGXCPU, "CPU time limit exceeded")  \
    X(SIGXFSZ, "File size limit exceeded") \
    X(SIGVTALRM, "Virtual timer expired")  \
    X(SIGPROF, "Profiling timer expired")  \
    X(SIGWINCH, "Window changed")          \
    X(SIGIO, "I/O possible")               \
    X(SIGPWR, "Power failure")             \
    X(SIGSYS, "Bad system call")
