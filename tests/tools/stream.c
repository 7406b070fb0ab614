/* What hostio.t runs: a program whose standard streams are full, late, shared
 * or stuck. */
/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PIECE = 1000, MOST_PIECES = 100000, BLOCK = 100000, N_BLOCKS = 10 };

/* Writes numbers, a piece at a time, until the output is full. How many bytes
 * it took. */
static long fill(void)
{
    static uint32_t numbers[PIECE / sizeof(uint32_t)];
    uint32_t next = 0;
    long total = 0;
    fcntl(1, F_SETFL, O_WRONLY | O_NONBLOCK);
    for (int i = 0; i < MOST_PIECES; i++) {
        for (size_t k = 0; k < PIECE / sizeof(uint32_t); k++)
            numbers[k] = next++;
        ssize_t n = write(1, numbers, PIECE);
        if (n < 0 && errno != EAGAIN)
            exit(1);
        if (n > 0)
            total += n;
        if (n < PIECE)
            break;
    }
    return total;
}

static void say_full(void)
{
    dprintf(2, "full %ld\n", fill());
}

/* Waits until the full output is not full any more. */
static void go_on(void)
{
    struct pollfd out = {.fd = 1, .events = POLLOUT};
    say_full();
    poll(&out, 1, -1);
    if (out.revents != POLLOUT || write(1, "after", 5) != 5)
        exit(1);
}

/* Copies input to output, but first waits for a byte on the console. */
static void late(void)
{
    static char bytes[70000];
    int console = open("/dev/console", O_RDONLY);
    ssize_t n;
    if (write(2, "waiting\n", 8) != 8 || read(console, bytes, 1) != 1)
        exit(1);
    while ((n = read(0, bytes, sizeof(bytes))) > 0)
        if (write(1, bytes, (size_t)n) != n)
            exit(1);
}

/* Two processes write large blocks, each of one letter. */
static void together(void)
{
    static char block[BLOCK];
    pid_t pid = fork();
    memset(block, pid ? 'a' : 'b', BLOCK);
    for (int i = 0; i < N_BLOCKS; i++)
        if (write(1, block, BLOCK) != BLOCK)
            exit(1);
    if (pid)
        wait(NULL);
}

static char state_of(pid_t pid)
{
    char path[40], text[200] = "";
    snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
    int fd = open(path, O_RDONLY);
    ssize_t n = read(fd, text, sizeof(text) - 1);
    close(fd);
    char *end = n > 0 ? strrchr(text, ')') : NULL;
    return end ? end[2] : '?';
}

/* A process that sleeps because its output is full can be killed. */
static void stuck(void)
{
    int status = 0;
    say_full();
    fcntl(1, F_SETFL, O_WRONLY);
    pid_t pid = fork();
    if (pid == 0)
        _exit(write(1, "x", 1) != 1);
    while (state_of(pid) != 'S')
        usleep(1000);
    kill(pid, SIGTERM);
    waitpid(pid, &status, 0);
    dprintf(2, "killed by %d\n", WIFSIGNALED(status) ? WTERMSIG(status) : 0);
}

int main(int argc, char **argv)
{
    const char *what = argc > 1 ? argv[1] : "";
    if (strcmp(what, "full") == 0)
        say_full();
    else if (strcmp(what, "goes-on") == 0)
        go_on();
    else if (strcmp(what, "late") == 0)
        late();
    else if (strcmp(what, "together") == 0)
        together();
    else if (strcmp(what, "stuck") == 0)
        stuck();
    else
        return 2;
    return 0;
}
