/* A process that is killed in a long call ends there: the call is not finished first.
 * needs: random memfd */
/* SPDX-License-Identifier: MIT */
#include "helpers.h"
#include <sched.h>

enum { SIZE = 16 << 20, TRIES = 50 };

static char *memory;  /* shared with the child, and full of ones before the call */
static char *written; /* the file, full of zeros */
static int zero, file;

static void read_zeros(void)
{
    (void)!read(zero, memory, SIZE);
}

static void read_random(void)
{
    (void)!syscall(SYS_getrandom, memory, SIZE, 0);
}

static void write_file(void)
{
    (void)!write(file, memory, SIZE);
}

/* Has the call changed the eight bytes there, of what it reads or of what it writes? */
static bool has_reached(size_t at)
{
    return memcmp(memory + at, "\1\1\1\1\1\1\1\1", 8) != 0 || written[at + 7] == 1;
}

/* Kills a child in the call: did that cut it short? */
static bool is_cut(void (*call)(void))
{
    memset(memory, 1, SIZE);
    if (ftruncate(file, 0) || ftruncate(file, SIZE) || lseek(file, 0, SEEK_SET))
        NOTE("no file of zeros");
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        call();
        for (;;)
            pause();
    }
    while (!has_reached(0))
        sched_yield();
    kill(child, SIGKILL);
    return status_of(child) == SIGKILL && !has_reached(SIZE - 8);
}

/* The call may be over before the signal is sent, but not each time. */
static bool is_cut_at_last(void (*call)(void))
{
    for (int i = 0; i < TRIES; i++)
        if (is_cut(call))
            return true;
    return false;
}

int main(void)
{
    memory = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    zero = open("/dev/zero", O_RDONLY);
    file = (int)syscall(SYS_memfd_create, "written", 0);
    written = ftruncate(file, SIZE) ? MAP_FAILED : mmap(NULL, SIZE, PROT_READ, MAP_SHARED, file, 0);
    CHECK(memory != MAP_FAILED && written != MAP_FAILED && zero >= 0);
    CHECK(is_cut_at_last(read_zeros));
    CHECK(is_cut_at_last(read_random));
    CHECK(is_cut_at_last(write_file));
    return check_done();
}
