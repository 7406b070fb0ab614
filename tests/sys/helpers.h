/* What the programs of this folder share: small files, other users, bad addresses, children, and
 * waiting for events. */
/* SPDX-License-Identifier: MIT */
#pragma once
#include "check.h"
#include <dirent.h>
#include <grp.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>

enum { PAGE = 4096, USER = 1000, OTHER = 2000 };

/* Addresses that no call may use: below all mappings, in the kernel, not canonical. */
#define BAD_LOW    bad_address(8)
#define BAD_KERNEL bad_address(0xffffffff81000000)
#define BAD_HOLE   bad_address(0x8000000000000000)

__attribute__((unused)) static void *bad_address(uint64_t at)
{
    static volatile uint64_t unknown; /* so that the compiler does not know the address */
    unknown = at;
    return (void *)unknown;
}

__attribute__((unused)) static void make_file(const char *path, const char *text)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0666);
    if (fd < 0 || write(fd, text, strlen(text)) != (ssize_t)strlen(text))
        NOTE("cannot write %s", path);
    close(fd);
}

/* The start of a file as text; NULL if it cannot be read. Valid until the next call. */
__attribute__((unused)) static const char *contents(const char *path)
{
    static char text[8192];
    int fd = open(path, O_RDONLY);
    if (fd < 0)
        return NULL;
    ssize_t length = 0, n;
    while ((n = read(fd, text + length, sizeof text - 1 - length)) > 0)
        length += n;
    close(fd);
    text[length] = 0;
    return text;
}

/* Changes the effective user and group to `id`, without other groups. become_root changes back. */
__attribute__((unused)) static void become(uid_t id)
{
    if (setgroups(0, NULL) < 0 || setegid(id) < 0 || seteuid(id) < 0)
        NOTE("cannot become user %d", (int)id);
}

__attribute__((unused)) static void become_root(void)
{
    if (seteuid(0) < 0 || setegid(0) < 0)
        NOTE("cannot become root again");
}

/* Starts a child that waits to be killed; its pid. */
__attribute__((unused)) static pid_t child_that_pauses(void)
{
    fflush(stdout);
    pid_t child = fork();
    if (child == 0)
        for (;;)
            pause();
    return child;
}

/* Starts a child that exits at once; its pid. */
__attribute__((unused)) static pid_t child_that_exits(int status)
{
    fflush(stdout);
    pid_t child = fork();
    if (child == 0)
        _exit(status);
    return child;
}

/* Sleeps for some milliseconds, also if signals arrive meanwhile. */
__attribute__((unused)) static void sleep_ms(long ms)
{
    struct timespec rest = {ms / 1000, ms % 1000 * 1000000};
    while (nanosleep(&rest, &rest) < 0 && errno == EINTR)
        ;
}

__attribute__((unused)) static long now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Maps a page with the protection `prot`. */
__attribute__((unused)) static char *page_with(int prot)
{
    return mmap(NULL, PAGE, prot, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
}

/* Waits for a child and returns its wait status, or -1; signals that arrive meanwhile do not
 * matter. */
__attribute__((unused)) static int status_of(pid_t pid)
{
    int status = -1;
    pid_t got;
    while ((got = waitpid(pid, &status, 0)) < 0 && errno == EINTR)
        ;
    return got == pid ? status : -1;
}

__attribute__((unused)) static void on(int number, void (*handler)(int), int flags)
{
    struct sigaction action = {.sa_handler = handler, .sa_flags = flags};
    sigaction(number, &action, NULL);
}

__attribute__((unused)) static sigset_t set_of(int number)
{
    sigset_t set;
    sigemptyset(&set);
    if (number)
        sigaddset(&set, number);
    return set;
}

/* The state of a process as the letter in /proc/PID/stat; 0 if there is no such process. */
__attribute__((unused)) static char state_of(pid_t pid)
{
    char path[32];
    snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
    const char *text = contents(path), *end = text ? strrchr(text, ')') : NULL;
    return end ? end[2] : 0;
}

/* Waits until a process is in that state, at most for a minute; false if it is not. */
__attribute__((unused)) static bool reaches_state(pid_t pid, char state)
{
    for (long from = now_ms(); now_ms() - from < 60000; sleep_ms(1)) {
        if (state_of(pid) == state)
            return true;
    }
    return false;
}

/* Waits until a process sleeps, which is in the call to be interrupted, and sends it a signal. */
__attribute__((unused)) static bool signal_sleeper(pid_t pid, int number)
{
    return reaches_state(pid, 'S') && kill(pid, number) == 0;
}

/* Starts a child that waits until its parent sleeps, sends it a signal, and exits with 0. */
__attribute__((unused)) static pid_t child_that_signals(int number)
{
    fflush(stdout);
    pid_t child = fork();
    if (child == 0)
        _exit(signal_sleeper(getppid(), number) ? 0 : 1);
    return child;
}

/* clone without another stack: the child runs in the caller's frame. CLONE_VM is only allowed
 * together with CLONE_VFORK, and then the child must not return from the function. */
__attribute__((unused, always_inline)) static inline long
clone_here(unsigned long flags, int *parent_tid, int *child_tid)
{
    register int *r10 __asm__("r10") = child_tid;
    long result = SYS_clone;
    __asm__ volatile("syscall"
                     : "+a"(result)
                     : "D"(flags), "S"(0), "d"(parent_tid), "r"(r10)
                     : "rcx", "r11", "memory");
    return result;
}
