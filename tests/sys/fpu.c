/* Vector registers belong to their process: over switches, fork, exec, signals, many at once; the
 * upper halves of AVX where the processor has them; what a signal frame says of them.
 * needs: procfs posix */
/* SPDX-License-Identifier: MIT */
#include "helpers.h"
#include <sched.h>
#include <ucontext.h>

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

/* ---- AVX ---- */

/* Whether the processor has AVX and the kernel keeps it: what a program asks by CPUID and XGETBV.
 */
static bool have_avx(void)
{
    uint32_t eax = 1, ebx, ecx = 0, edx, low, high;
    __asm__("cpuid" : "+a"(eax), "=b"(ebx), "+c"(ecx), "=d"(edx));
    if (!(ecx >> 27 & 1) || !(ecx >> 28 & 1))
        return false;
    __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
    return (low & 6) == 6;
}

/* AVX without XGETBV's consent, or with instructions that CPUID does not show, helps no program. */
static void check_cpuid(void)
{
    uint32_t eax = 1, ebx, ecx = 0, edx;
    __asm__("cpuid" : "+a"(eax), "=b"(ebx), "+c"(ecx), "=d"(edx));
    CHECK(!(ecx >> 28 & 1) || have_avx());
}

/* Works in the upper halves for a time, as work() does in the lower ones. */
static int work_avx(unsigned seed, int rounds)
{
    uint64_t in[4] = {seed * 0x9e3779b97f4a7c15ull, ~(uint64_t)seed, seed, seed << 7}, out[4];
    int wrong = 0;
    for (int i = 0; i < rounds; i++) {
        __asm__ volatile("vmovdqu (%1), %%ymm5\n\t"
                         "mov %2, %%ecx; 1: dec %%ecx; jnz 1b\n\t"
                         "vmovdqu %%ymm5, (%0)"
                         :
                         : "r"(out), "r"(in), "i"(20000)
                         : "rcx", "memory", "xmm5", "cc");
        wrong += memcmp(in, out, sizeof in) != 0;
        in[3] += 3;
        if (i % 16 == 0)
            sched_yield();
    }
    return wrong;
}

static void check_avx_busy(void)
{
    int wrong = 0;
    pid_t pids[6];
    fflush(stdout);
    for (int i = 0; i < 6; i++)
        if ((pids[i] = fork()) == 0)
            _exit((i % 2 ? work(i + 1, 200) : work_avx(i + 1, 200)) != 0);
    for (int i = 0; i < 6; i++)
        wrong += status_of(pids[i]) != 0;
    CHECK_EQ(wrong, 0);
}

static void check_avx_fork(void)
{
    uint64_t value[4] = {1, 2, 0x123456789abcdef0, 0xfedcba9876543210}, back[4];
    long result;
    fflush(stdout);
    __asm__ volatile("vmovdqu (%2), %%ymm9; syscall; vmovdqu %%ymm9, (%3)"
                     : "=a"(result)
                     : "a"((long)SYS_fork), "r"(value), "r"(back)
                     : "rcx", "r11", "memory", "xmm9");
    bool same = !memcmp(value, back, sizeof back);
    if (result == 0)
        _exit(same ? 0 : 1);
    CHECK(same);
    CHECK_EQ(status_of(result), 0);
}

/* ---- Signal frames ---- */

enum { MAGIC1_AT = 464, EXTENDED_AT = 468, SIZE_AT = 480, HIGH_AT = 576, UC_FP_XSTATE = 1 };

static uint32_t word_at(const char *state, size_t at)
{
    uint32_t value;
    memcpy(&value, state + at, sizeof value);
    return value;
}

static volatile bool frame_right, frame_high_right;
static enum { LEAVE, CHANGE, SPOIL_MAGIC, CLAIM_MORE } frame_plan;

/* Looks at the frame, and changes YMM6 there as planned. */
static void look_at_frame(int number, siginfo_t *info, void *at)
{
    ucontext_t *context = at;
    char *state = (char *)context->uc_mcontext.fpregs;
    (void)number, (void)info;
    if (!state)
        return;
    uint32_t size = word_at(state, SIZE_AT);
    frame_right = (context->uc_flags & UC_FP_XSTATE) && (uintptr_t)state % 64 == 0 &&
                  word_at(state, MAGIC1_AT) == 0x46505853 && size >= HIGH_AT &&
                  word_at(state, EXTENDED_AT) == size + 4 && word_at(state, size) == 0x46505845;
    uint64_t high;
    memcpy(&high, state + HIGH_AT + 6 * 16, sizeof high);
    frame_high_right = high == 0x1111;
    if (frame_plan == CHANGE)
        state[HIGH_AT + 6 * 16] = 0x22;
    if (frame_plan == SPOIL_MAGIC)
        state[MAGIC1_AT] ^= 1;
    if (frame_plan == CLAIM_MORE)
        state[SIZE_AT + 2] = 1;
    __asm__ volatile("vzeroall");
}

/* The low and the high half of YMM6 after a signal whose handler did as planned. */
static void after_signal(int plan, uint64_t *low, uint64_t *high)
{
    uint64_t in[4] = {0x3333, 0, 0x1111, 0}, out[4];
    frame_plan = plan;
    frame_right = frame_high_right = false;
    __asm__ volatile("vmovdqu (%1), %%ymm6; syscall; vmovdqu %%ymm6, (%2)"
                     :
                     : "a"((long)SYS_kill), "r"(in), "r"(out), "D"((long)getpid()),
                       "S"((long)SIGUSR2)
                     : "rcx", "r11", "memory", "xmm6");
    *low = out[0];
    *high = out[2];
}

static void check_avx_frame(void)
{
    struct sigaction action = {.sa_sigaction = look_at_frame, .sa_flags = SA_SIGINFO};
    uint64_t low, high;
    sigaction(SIGUSR2, &action, NULL);
    after_signal(LEAVE, &low, &high);
    CHECK(frame_right);
    CHECK(frame_high_right);
    CHECK(low == 0x3333 && high == 0x1111);
    after_signal(CHANGE, &low, &high);
    CHECK(low == 0x3333 && high == 0x1122);
    after_signal(SPOIL_MAGIC, &low, &high); /* then only the 512 bytes count */
    CHECK(low == 0x3333 && high == 0);
    after_signal(CLAIM_MORE, &low, &high);
    CHECK(low == 0x3333 && high == 0);
}

static volatile uint64_t fpregs_seen;
static void note_fpregs(int number, siginfo_t *info, void *at)
{
    (void)number, (void)info;
    fpregs_seen = (uint64_t)((ucontext_t *)at)->uc_mcontext.fpregs;
}

/* Every frame has vector state, also that of a program that never used it. */
static void check_every_frame(void)
{
    struct sigaction action = {.sa_sigaction = note_fpregs, .sa_flags = SA_SIGINFO};
    sigaction(SIGUSR2, &action, NULL);
    raise(SIGUSR2);
    CHECK(fpregs_seen != 0);
}

/* A frame that does not fit the alternate stack ends the program instead of lying elsewhere. The
 * signal comes while the stack pointer is in that stack, also below the 128 bytes of the red zone,
 * so the frame begins there; it would fit if it began at the stack's other end. */
static void check_small_stack(void)
{
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        char *pages =
            mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        stack_t stack = {.ss_sp = pages + PAGE, .ss_size = MINSIGSTKSZ};
        struct sigaction action = {.sa_sigaction = note_fpregs,
                                   .sa_flags = SA_SIGINFO | SA_ONSTACK};
        sigaltstack(&stack, NULL);
        sigaction(SIGUSR2, &action, NULL);
        /* 128 bytes are left beyond the red zone. */
        __asm__ volatile("mov %%rsp, %%rbx; mov %0, %%rsp; syscall; mov %%rbx, %%rsp"
                         :
                         : "r"(pages + PAGE + 256), "a"((long)SYS_kill), "D"((long)getpid()),
                           "S"((long)SIGUSR2)
                         : "rbx", "rcx", "r11", "memory");
        _exit(1);
    }
    CHECK_EQ(status_of(child), SIGSEGV);
}

int main(int argc, char **argv)
{
    if (argc == 2 && !strcmp(argv[1], "fresh"))
        return fresh();
    check_busy();
    check_fork();
    check_exec();
    check_signals();
    check_every_frame();
    check_small_stack();
    check_cpuid();
    if (have_avx()) {
        check_avx_busy();
        check_avx_fork();
        check_avx_frame();
    }
    return check_done();
}
