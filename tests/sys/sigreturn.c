/* rt_sigreturn: registers, flags and vector state are as before a handler, or as the handler made
 * them; what a program may not have is not accepted. */
/* SPDX-License-Identifier: MIT */
#include "helpers.h"
#include <setjmp.h>
#include <ucontext.h>

static volatile sig_atomic_t count;

static void spoil(int number, siginfo_t *info, void *context)
{
    (void)number, (void)info, (void)context;
    count++;
    __asm__ volatile(
        "pxor %%xmm0, %%xmm0; pxor %%xmm15, %%xmm15; fninit; fldz; fldz; stc; std; cld" ::
            : "xmm0", "xmm15", "cc");
    unsigned rounding = 0x7f80;
    __asm__ volatile("ldmxcsr %0" ::"m"(rounding));
}

/* Sends itself the signal with known values in all registers; the number that changed. */
static int changed_registers(int number)
{
    uint64_t in[13] = {11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23}, out[13] = {0};
    uint64_t *block[2] = {in, out};
    long pid = getpid();
    int wrong = 0;
    /* kill(pid, number) with rbx, rbp, r8-r10, r12-r15 known; rcx and r11 are the call's. */
    __asm__ volatile(
        "push %%rbp; push %%rbx; push %2\n\t"
        "mov (%2), %%rax\n\t"
        "mov 0(%%rax), %%rbx; mov 8(%%rax), %%rbp; mov 16(%%rax), %%r8; mov 24(%%rax), %%r9\n\t"
        "mov 32(%%rax), %%r10; mov 40(%%rax), %%r12; mov 48(%%rax), %%r13; mov 56(%%rax), %%r14\n\t"
        "mov 64(%%rax), %%r15; mov 72(%%rax), %%rdx\n\t"
        "mov $62, %%eax; syscall\n\t"
        "pop %%rcx; mov 8(%%rcx), %%rcx\n\t"
        "mov %%rbx, 0(%%rcx); mov %%rbp, 8(%%rcx); mov %%r8, 16(%%rcx); mov %%r9, 24(%%rcx)\n\t"
        "mov %%r10, 32(%%rcx); mov %%r12, 40(%%rcx); mov %%r13, 48(%%rcx); mov %%r14, 56(%%rcx)\n\t"
        "mov %%r15, 64(%%rcx); mov %%rdx, 72(%%rcx); mov %%rdi, 80(%%rcx); mov %%rsi, 88(%%rcx)\n\t"
        "mov %%rax, 96(%%rcx)\n\t"
        "pop %%rbx; pop %%rbp\n\t"
        : "+D"(pid), "+S"(number)
        : "c"(block)
        : "rax", "rdx", "r8", "r9", "r10", "r11", "r12", "r13", "r14", "r15", "memory", "cc");
    for (int i = 0; i < 10; i++)
        wrong += out[i] != in[i];
    return wrong + (out[10] != (uint64_t)getpid()) + ((int)out[11] != number) + (out[12] != 0);
}

static void check_registers(void)
{
    struct sigaction action = {.sa_sigaction = spoil, .sa_flags = SA_SIGINFO};
    sigaction(SIGUSR1, &action, NULL);
    CHECK_EQ(changed_registers(SIGUSR1), 0);
    CHECK_EQ(count, 1);
}

static void check_vector_state(void)
{
    char before[512] __attribute__((aligned(16))), after[512] __attribute__((aligned(16)));
    uint64_t value[2] = {0x1122334455667788, 0x99aabbccddeeff00};
    unsigned short control = 0x27f;
    unsigned mxcsr = 0x3f80;
    long pid = getpid(), result;
    memset(before, 0, sizeof before);
    memset(after, 0, sizeof after);
    __asm__ volatile("movdqu (%3), %%xmm0; movdqu (%3), %%xmm7; movdqu (%3), %%xmm15\n\t"
                     "fninit; fldpi; fldl2e; fldcw (%4); ldmxcsr (%5)\n\t"
                     "fxsave64 (%1); syscall; fxsave64 (%2); fninit"
                     : "=a"(result)
                     : "r"(before), "r"(after), "r"(value), "r"(&control), "r"(&mxcsr), "a"(62L),
                       "D"(pid), "S"((long)SIGUSR1)
                     : "rcx", "r11", "memory", "xmm0", "xmm7", "xmm15");
    mxcsr = 0x1f80;
    __asm__ volatile("ldmxcsr %0" ::"m"(mxcsr));
    CHECK_EQ(result, 0);
    CHECK_EQ(count, 2);
    CHECK_EQ(memcmp(before, after, 8), 0);               /* control, status, tags */
    CHECK_EQ(memcmp(before + 24, after + 24, 4), 0);     /* mxcsr */
    CHECK_EQ(memcmp(before + 32, after + 32, 128), 0);   /* the x87 stack */
    CHECK_EQ(memcmp(before + 160, after + 160, 256), 0); /* xmm0 to xmm15 */
}

static void change(int number, siginfo_t *info, void *context)
{
    (void)number, (void)info;
    ucontext_t *uc = context;
    uc->uc_mcontext.gregs[REG_RAX] = 777;
    uc->uc_mcontext.gregs[REG_EFL] |= 0x3000 | 1; /* I/O privilege, carry */
    sigaddset(&uc->uc_sigmask, SIGUSR2);
    sigaddset(&uc->uc_sigmask, SIGKILL);
}

static void check_changes(void)
{
    struct sigaction action = {.sa_sigaction = change, .sa_flags = SA_SIGINFO};
    sigset_t set;
    long result;
    unsigned long flags;
    sigaction(SIGUSR1, &action, NULL);
    __asm__ volatile("syscall; pushf; pop %1"
                     : "=a"(result), "=&r"(flags)
                     : "a"((long)SYS_kill), "D"((long)getpid()), "S"((long)SIGUSR1)
                     : "rcx", "r11", "memory", "cc");
    CHECK_EQ(result, 777);
    CHECK_EQ(flags & 1, 1);
    CHECK_EQ(flags & 0x3000, 0); /* the privilege is not a program's to take */
    CHECK_EQ(flags & 0x200, 0x200);
    sigprocmask(SIG_BLOCK, NULL, &set);
    CHECK(sigismember(&set, SIGUSR2));
    CHECK(!sigismember(&set, SIGKILL));
    set = set_of(SIGUSR2);
    sigprocmask(SIG_UNBLOCK, &set, NULL);
}

static sigjmp_buf after;
static void on_fault(int number)
{
    siglongjmp(after, number);
}

static volatile int which;
static void make_wrong(int number, siginfo_t *info, void *context)
{
    (void)number, (void)info;
    ucontext_t *uc = context;
    if (which == 0)
        uc->uc_mcontext.gregs[REG_RIP] = (long)BAD_KERNEL;
    if (which == 1)
        uc->uc_mcontext.gregs[REG_RIP] = (long)BAD_HOLE;
    if (which == 2)
        uc->uc_mcontext.gregs[REG_CSGSFS] = 0x10 | 0x10l << 48; /* the kernel's segments */
    if (which == 3)
        uc->uc_mcontext.fpregs = BAD_LOW;
}

/* Each of these ends in SIGSEGV, whether on the way back or by the first instruction. */
static void check_wrong(void)
{
    struct sigaction action = {.sa_sigaction = make_wrong, .sa_flags = SA_SIGINFO};
    for (which = 0; which < 4; which++) {
        fflush(stdout);
        pid_t child = fork();
        if (child == 0) {
            sigaction(SIGUSR1, &action, NULL);
            raise(SIGUSR1);
            _exit(0);
        }
        int status = status_of(child);
        char what[60];
        snprintf(what, sizeof what, "wrong frame %d ends in SIGSEGV", which);
        check_eq(status & 0x7f, SIGSEGV, what, __FILE__, __LINE__);
    }
    on(SIGSEGV, on_fault, SA_NODEFER);
    which = 0;
    sigaction(SIGUSR1, &action, NULL);
    if (sigsetjmp(after, 1) == 0)
        raise(SIGUSR1);
    else
        count = 99;
    CHECK_EQ(count, 99); /* and may be handled */
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        signal(SIGSEGV, SIG_DFL);
        __asm__ volatile("mov $16, %%rsp; mov $15, %%eax; syscall" ::: "memory"); /* no frame */
        _exit(0);
    }
    CHECK_EQ(WTERMSIG(status_of(child)), SIGSEGV);
}

int main(void)
{
    check_registers();
    check_vector_state();
    check_changes();
    check_wrong();
    return check_done();
}
