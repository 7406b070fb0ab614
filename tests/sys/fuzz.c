/* Calls with senseless arguments, by a user without rights: whatever they answer, the system lives,
 * and nothing is left behind. The same calls in each run.
 * needs: users times files fifo memfd holes posix poll settings */
/* SPDX-License-Identifier: MIT */
#include "helpers.h"
#include <sys/resource.h>

enum { CHILDREN = 24, CALLS = 400 };

static uint64_t state;
static uint64_t rnd(void)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return state;
}

/* From the calls that Ouros has, without those that end the child soon, make another, put it to
 * sleep for long or reach other processes. */
static long some_call(void)
{
    static const unsigned char ranges[][2] = {
        {0, 6},     {8, 14},    {17, 22},   {24, 26},   {28, 28},   {32, 33},   {36, 40},
        {63, 63},   {72, 77},   {79, 100},  {102, 102}, {104, 108}, {110, 121}, {124, 124},
        {127, 127}, {131, 131}, {133, 133}, {137, 138}, {140, 140}, {157, 158}, {160, 161},
        {170, 170}, {186, 186}, {201, 202}, {204, 204}, {217, 218}, {221, 221}, {228, 229},
    };
    static const short late[] = {SYS_waitid,      SYS_openat,     SYS_mkdirat,  SYS_mknodat,
                                 SYS_fchownat,    SYS_newfstatat, SYS_unlinkat, SYS_renameat,
                                 SYS_linkat,      SYS_symlinkat,  SYS_fchmodat, SYS_faccessat,
                                 SYS_utimensat,   SYS_fallocate,  SYS_dup3,     SYS_pipe2,
                                 SYS_renameat2,   SYS_getrandom,  SYS_statx,    SYS_copy_file_range,
                                 SYS_close_range, SYS_preadv,     SYS_pwritev,  SYS_memfd_create};
    unsigned n_ranges = sizeof ranges / sizeof *ranges;
    unsigned pick = rnd() % (n_ranges + 12);
    if (pick >= n_ranges)
        return late[rnd() % (sizeof late / sizeof *late)];
    return ranges[pick][0] + rnd() % (ranges[pick][1] - ranges[pick][0] + 1);
}

static char *memory;

static long argument(void)
{
    static const char *const names[] = {"f", "d", "d/x", "s", ".", "..", "d/../f", "", "/dev/null"};
    switch (rnd() % 12) {
    case 0: return 0;
    case 1: return rnd() % 16;
    case 2: return -(long)(rnd() % 200);
    case 3: return (long)(memory + rnd() % 8192);
    case 4:
    case 5: return (long)names[rnd() % (sizeof names / sizeof *names)];
    case 6: return 1l << rnd() % 64;
    case 7: return rnd();
    case 8: return (long)memory + 8190;
    case 9: return rnd() % 4096;
    case 10: return 0xffffffff80000000 + rnd() % 65536;
    default: return 3 + rnd() % 6;
    }
}

/* One child's calls, each with a fresh set of arguments. */
static void call_away(int seed)
{
    struct rlimit files = {64, 64}, bytes = {1 << 22, 1 << 22}, space = {1 << 28, 1 << 28};
    state = seed * 0x9e3779b97f4a7c15 + 1;
    setrlimit(RLIMIT_NOFILE, &files);
    setrlimit(RLIMIT_FSIZE, &bytes);
    setrlimit(RLIMIT_AS, &space);
    if (geteuid() == 0 && (setgroups(0, NULL) < 0 || setresgid(4444, 4444, 4444) < 0 ||
                           setresuid(4444, 4444, 4444) < 0))
        _exit(1);
    memory = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    close(0);
    close(1);
    close(2);
    for (int i = 0; i < 6; i++)
        open(i % 2 ? "f" : "d", i % 2 ? O_RDWR : O_RDONLY);
    for (int i = 0; i < CALLS; i++) {
        alarm(1); /* for what waits */
        syscall(some_call(), argument(), argument(), argument(), argument(), argument(),
                argument());
    }
    _exit(0);
}

int main(void)
{
    int ended = 0;
    CHECK_OK(mkdir("d", 0777));
    CHECK_OK(chmod("d", 0777));
    make_file("f", "some text");
    CHECK_OK(chmod("f", 0666));
    CHECK_OK(symlink("f", "s"));
    CHECK_OK(chmod(".", 0755));
    fflush(stdout);
    long from = now_ms();
    for (int i = 0; i < CHILDREN; i++) {
        pid_t child = fork();
        if (child == 0)
            call_away(i + 1);
        /* A child may have blocked or ignored the alarm: then it is ended from here. */
        for (int ms = 0; waitpid(child, NULL, WNOHANG) == 0; ms += 5) {
            sleep_ms(5);
            if (ms == 1500)
                kill(child, SIGKILL);
            if (ms > 10000)
                NOTE("child %d does not end", i);
        }
        ended++;
        if (now_ms() - from > 20000)
            break; /* a slow machine: as far as it went */
    }
    CHECK(ended > 0);
    CHECK(access("f", F_OK) == 0); /* here, where a user may write nothing, all is as it was */
    CHECK(access("d", F_OK) == 0);
    CHECK_CHILD("life goes on", { CHILD_REQUIRE(access("s", F_OK) == 0); });
    return check_done();
}
