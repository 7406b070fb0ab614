/* A process that is killed in a long call ends there: the call is not finished first.
 * needs: random memfd */
/* SPDX-License-Identifier: MIT */
#include "helpers.h"
#include <sched.h>

enum { SIZE = 32 << 20, TRIES = 50 };

static char *memory; /* shared with the child, and full of ones */
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

static bool all_ones(const char *at)
{
    return memcmp(at, "\1\1\1\1\1\1\1\1", 8) == 0;
}

/* Of what is read the first and the last bytes tell; of what is written, the file's size. */
static bool has_begun(void)
{
    struct stat st;
    return !all_ones(memory) || (fstat(file, &st) == 0 && st.st_size > 0);
}

static bool has_finished(void)
{
    struct stat st;
    return !all_ones(memory + SIZE - 8) || fstat(file, &st) < 0 || st.st_size == SIZE;
}

/* Kills a child in the call: did that cut it short? */
static bool is_cut(void (*call)(void))
{
    memset(memory, 1, SIZE);
    if (ftruncate(file, 0) || lseek(file, 0, SEEK_SET))
        NOTE("no empty file");
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        call();
        for (;;)
            pause();
    }
    while (!has_begun())
        sched_yield();
    kill(child, SIGKILL);
    return status_of(child) == SIGKILL && !has_finished();
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
    CHECK(memory != MAP_FAILED && zero >= 0 && file >= 0);
    CHECK(is_cut_at_last(read_zeros));
    CHECK(is_cut_at_last(read_random));
    CHECK(is_cut_at_last(write_file));
    return check_done();
}
