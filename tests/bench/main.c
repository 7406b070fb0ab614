/* Runs the rows of the bench and prints what each took, line by line, on a port to the host. */
/* SPDX-License-Identifier: MIT */
#include "bench.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

/* A sample is shorter than a busy host's time slices, so that most samples are undisturbed. */
enum { SAMPLES = 25, SAMPLE_NS = 2000000, FIXED_SAMPLES = 5, LINUX_MOUNT = 165 };
enum { WARM_NS = 50000000 }; /* until QEMU has translated what a row runs, and frames come back */

static const struct group *const groups[] = {
    &calls_group, &files_group, &env_group,  &process_group, &memory_group,
    &ipc_group,   &io_group,    &many_group, &scale_group,
};

static struct {
    bool counted;          /* count instructions: QEMU runs with -icount shift=0 */
    bool quick;            /* leave out what takes long */
    const char *selection; /* row or group names, separated by commas; NULL: all but the big */
    long machine_bytes;
} options;

int n_processors = 1;

void report(const char *format, ...)
{
    char line[200];
    va_list args;
    va_start(args, format);
    int n = vsnprintf(line, sizeof(line), format, args);
    va_end(args);
    if (write(1, line, n) == n)
        ioctl(1, TCSBRK, 1); /* a terminal's output is sent first; elsewhere no such thing */
}

_Noreturn void fail(const char *what)
{
    report("failed %s: errno %d (%s)\n", what, errno, strerror(errno));
    _exit(1);
}

void reap(int pid)
{
    int status;
    MUST(pid);
    if (waitpid(pid, &status, 0) != pid || status != 0)
        fail("a child's work");
}

/* ---- Measuring ---- */

/* With -icount shift=0 the time stamp counter counts instructions. */
static uint64_t now(void)
{
    struct timespec time;
    if (options.counted)
        return __builtin_ia32_rdtsc();
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * 1000000000ull + time.tv_nsec;
}

__attribute__((noinline)) static uint64_t timed(const struct row *row, long n)
{
    uint64_t start = now();
    row->work(n);
    return now() - start;
}

static void prepare(const struct row *row)
{
    if (row->prepare)
        row->prepare(row->size);
}

static void finish(const struct row *row)
{
    if (row->finish)
        row->finish(row->size);
}

static void sample_fixed(const struct row *row)
{
    bool once = options.counted || row->flags & ROW_ONE_SHOT;
    for (int i = 0; i < (once ? 1 : FIXED_SAMPLES); i++) {
        prepare(row);
        report("row\t%s\t%ld\t%lu\n", row->name, row->count, timed(row, row->count));
        finish(row);
    }
}

/* How many operations fill a sample, once the row is warm. */
static long calibrate(const struct row *row)
{
    uint64_t warm = 0;
    for (long n = 1;;) {
        uint64_t ns = timed(row, n);
        warm += ns;
        if (ns <= SAMPLE_NS / 8)
            n *= 4;
        else if (warm > WARM_NS)
            return n * SAMPLE_NS / ns + 1;
    }
}

static void sample(const struct row *row)
{
    prepare(row);
    if (options.counted) {
        row->work(row->count); /* once to have all in place */
        report("row\t%s\t%ld\t%lu\n", row->name, row->count, timed(row, row->count));
    } else {
        long n = calibrate(row);
        for (int i = 0; i < SAMPLES; i++)
            report("row\t%s\t%ld\t%lu\n", row->name, n, timed(row, n));
    }
    finish(row);
}

/* ---- Choosing ---- */

/* Is the name, or its beginning, in the selection? */
static bool selected(const char *name)
{
    const char *word = options.selection;
    while (word && *word) {
        size_t n = strcspn(word, ",");
        if (n && strncmp(name, word, n) == 0)
            return true;
        word += n + (word[n] == ',');
    }
    return false;
}

static bool size_wanted(const char *name)
{
    return options.selection ? selected(name) || selected("sizes") : !options.quick;
}

static bool row_wanted(const struct group *group, const struct row *row)
{
    if (options.selection)
        return selected(row->name) || (selected(group->name) && !(row->flags & ROW_BIG));
    bool parallel = row->flags & ROW_PARALLEL;
    if (row->flags & ROW_BIG || parallel != (n_processors > 1))
        return false;
    return !(options.quick && row->flags & ROW_SLOW);
}

static void run_group(const struct group *group)
{
    for (size_t i = 0; i < group->n_rows; i++) {
        const struct row *row = &group->rows[i];
        if (!row_wanted(group, row))
            continue;
        if (row->flags & ROW_FIXED)
            sample_fixed(row);
        else
            sample(row);
    }
}

/* ---- Process 1 ---- */

static void read_options(char **argv)
{
    for (; *argv; argv++) {
        if (strcmp(*argv, "counted") == 0)
            options.counted = true;
        else if (strcmp(*argv, "quick") == 0)
            options.quick = true;
        else if (strncmp(*argv, "rows=", 5) == 0)
            options.selection = *argv + 5;
        else if (strncmp(*argv, "cpus=", 5) == 0)
            n_processors = atoi(*argv + 5);
        else if (strncmp(*argv, "mb=", 3) == 0)
            options.machine_bytes = atol(*argv + 3) << 20;
    }
}

/* The standard streams of process 1, which has none: on Ouros the host's, on Linux the third serial
 * port. */
static void open_port(void)
{
    int port = open("/dev/hostio", O_RDWR);
    if (port < 0)
        port = open("/dev/ttyS2", O_RDWR | O_NOCTTY);
    if (port < 0)
        _exit(2);
    for (int i = 0; i < 3; i++)
        dup2(port, i);
    if (port > 2)
        close(port);
}

/* The files of the bench lie in /tmp: on Linux a tmpfs, on Ouros its own file system. */
static void enter_tmp(void)
{
    mkdir("/tmp", 0777);
    mkdir("/proc", 0555);
    syscall(LINUX_MOUNT, "tmpfs", "/tmp", "tmpfs", 0, "size=95%,nr_inodes=0");
    MUST(chdir("/tmp"));
}

int main(int argc, char **argv)
{
    (void)argc;
    open_port();
    report("start\n");
    read_options(argv + 1);
    enter_tmp();
    int worker = fork();
    if (worker == 0) {
        sizes_run(size_wanted, options.machine_bytes);
        for (size_t i = 0; i < sizeof(groups) / sizeof(groups[0]); i++)
            run_group(groups[i]);
        _exit(0);
    }
    reap(worker);
    report("end\n");
    for (;;)
        pause();
}
