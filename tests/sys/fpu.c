/* Vector registers belong to their process: over switches, fork, exec, signals, many at once. */
#include "helpers.h"
#include <sched.h>

/* Works in xmm and x87 registers for a time, checking again and again that nothing else gets in. */
static int work(unsigned seed, int rounds)
{
    uint64_t in[4] = {seed * 0x9e3779b97f4a7c15ull, ~(uint64_t)seed, seed, seed << 7}, out[8];
    int wrong = 0;
    double x = seed, y;
    for (int i = 0; i < rounds; i++) {
        __asm__ volatile("movdqu (%1), %%xmm3; movdqu 16(%1), %%xmm14; fldl %2\n\t"
                         "mov %3, %%ecx; 1: dec %%ecx; jnz 1b\n\t"
                         "movdqu %%xmm3, (%0); movdqu %%xmm14, 16(%0); fstpl 32(%0)"
                         :
                         : "r"(out), "r"(in), "m"(x), "i"(20000)
                         : "rcx", "memory", "xmm3", "xmm14", "cc");
        memcpy(&y, out + 4, sizeof y);
        wrong += memcmp(in, out, sizeof in) != 0 || x != y;
        in[0] += 3;
        if (i % 16 == 0)
            sched_yield();
    }
    return wrong;
}

static void check_busy(void)
{
    int wrong = 0;
    pid_t pids[6];
    fflush(stdout);
    for (int i = 0; i < 6; i++)
        if ((pids[i] = fork()) == 0)
            _exit(work(i + 1, 300) != 0);
    for (int i = 0; i < 6; i++)
        wrong += status_of(pids[i]) != 0;
    CHECK_EQ(wrong, 0);
}

/* fork hands the registers on as they are, control words too. */
static void check_fork(void)
{
    uint64_t value[2] = {0x123456789abcdef0, 0xfedcba9876543210}, back[2];
    unsigned mxcsr = 0x3f80, now;
    unsigned short control = 0x27f, control_now;
    long result;
    fflush(stdout);
    __asm__ volatile("ldmxcsr %4; fldcw %5; movdqu (%2), %%xmm9; syscall; movdqu %%xmm9, (%3)"
                     : "=a"(result)
                     : "a"((long)SYS_fork), "r"(value), "r"(back), "m"(mxcsr), "m"(control)
                     : "rcx", "r11", "memory", "xmm9");
    __asm__ volatile("stmxcsr %0; fnstcw %1" : "=m"(now), "=m"(control_now));
    bool same =
        !memcmp(value, back, sizeof back) && (now & 0xff80) == mxcsr && control_now == control;
    if (result == 0)
        _exit(same ? 0 : 1);
    mxcsr = 0x1f80;
    control = 0x37f;
    __asm__ volatile("ldmxcsr %0; fldcw %1" ::"m"(mxcsr), "m"(control));
    CHECK(same);
    CHECK_EQ(status_of(result), 0);
}

static int fresh(void)
{
    unsigned mxcsr;
    unsigned short control;
    __asm__ volatile("stmxcsr %0; fnstcw %1" : "=m"(mxcsr), "=m"(control));
    return mxcsr == 0x1f80 && control == 0x37f ? 0 : 1;
}

/* A new program finds the state that the machine starts with. */
static void check_exec(void)
{
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        unsigned mxcsr = 0x7f80;
        unsigned short control = 0x27f;
        __asm__ volatile("ldmxcsr %0; fldcw %1" ::"m"(mxcsr), "m"(control));
        execl("/proc/self/exe", "fpu", "fresh", NULL);
        _exit(9);
    }
    CHECK_EQ(status_of(child), 0);
}

static volatile sig_atomic_t count;
static void use_vectors(int number)
{
    (void)number;
    count++;
    __asm__ volatile("pxor %%xmm3, %%xmm3; pxor %%xmm14, %%xmm14; fninit; fld1; fld1" ::
                         : "xmm3", "xmm14");
}

/* Handlers that use them, at any moment. */
static void check_signals(void)
{
    on(SIGUSR1, use_vectors, SA_RESTART);
    fflush(stdout);
    pid_t parent = getpid(), child = fork();
    if (child == 0) {
        for (;;) {
            kill(parent, SIGUSR1);
            sleep_ms(1);
        }
    }
    int wrong = 0;
    for (long from = now_ms(); count < 50 && now_ms() - from < 20000;)
        wrong += work(42, 16);
    CHECK_EQ(wrong, 0);
    CHECK(count >= 50);
    kill(child, SIGKILL);
    CHECK_EQ(status_of(child), SIGKILL);
}

int main(int argc, char **argv)
{
    if (argc == 2 && !strcmp(argv[1], "fresh"))
        return fresh();
    check_busy();
    check_fork();
    check_exec();
    check_signals();
    return check_done();
}
