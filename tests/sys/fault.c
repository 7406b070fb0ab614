/* Faults: the signal, its code and address, for memory, arithmetic, instructions and traps; what
 * ends a process that does not handle them.
 * needs: posix */
/* SPDX-License-Identifier: MIT */
#include "helpers.h"
#include <setjmp.h>
#include <ucontext.h>

static sigjmp_buf after;
static volatile sig_atomic_t got, code;
static void *volatile at;
static volatile long trap_number, error_code, fault_address;

static void on_fault(int number, siginfo_t *info, void *context)
{
    ucontext_t *uc = context;
    got = number;
    code = info->si_code;
    at = info->si_addr;
    trap_number = uc->uc_mcontext.gregs[REG_TRAPNO];
    error_code = uc->uc_mcontext.gregs[REG_ERR];
    fault_address = uc->uc_mcontext.gregs[REG_CR2];
    siglongjmp(after, 1);
}

#define FAULT_OF(...)                 \
    ({                                \
        got = code = 0;               \
        at = NULL;                    \
        if (sigsetjmp(after, 1) == 0) \
            __VA_ARGS__;              \
        got;                          \
    })

static void check_memory(void)
{
    volatile char *none = bad_address(0x10), *kernel = BAD_KERNEL, *hole = BAD_HOLE;
    volatile char *read_only = page_with(PROT_READ), *nothing = page_with(PROT_NONE);
    CHECK_EQ(FAULT_OF(*none = 1), SIGSEGV);
    CHECK_EQ(code, SEGV_MAPERR);
    CHECK(at == none);
    CHECK_EQ(trap_number, 14);
    CHECK_EQ(error_code, 6); /* a write, by a user, to what is not there */
    CHECK(fault_address == (long)none);
    CHECK_EQ(FAULT_OF((void)*none), SIGSEGV);
    CHECK_EQ(error_code, 4);
    CHECK_EQ(FAULT_OF(read_only[100] = 1), SIGSEGV);
    CHECK_EQ(code, SEGV_ACCERR);
    CHECK(at == read_only + 100);
    CHECK_EQ(FAULT_OF((void)nothing[5]), SIGSEGV);
    CHECK_EQ(code, SEGV_ACCERR);
    CHECK_EQ(FAULT_OF((void)*kernel), SIGSEGV);
    CHECK_EQ(code, SEGV_MAPERR);
    CHECK(at == kernel);
    CHECK_EQ(FAULT_OF(*kernel = 1), SIGSEGV);
    CHECK_EQ(FAULT_OF((void)*hole), SIGSEGV);
    CHECK_EQ(code, SI_KERNEL);
    CHECK(at == NULL);
    CHECK_EQ(trap_number, 13);
    void (*volatile jump)(void) = (void (*)(void))page_with(PROT_READ | PROT_WRITE);
    CHECK_EQ(FAULT_OF(jump()), SIGSEGV); /* no execution of data */
    CHECK_EQ(code, SEGV_ACCERR);
    CHECK(at == (void *)jump);
    jump = (void (*)(void))bad_address(0x20);
    CHECK_EQ(FAULT_OF(jump()), SIGSEGV);
    CHECK_EQ(code, SEGV_MAPERR);
    int fd = open("f", O_RDWR | O_CREAT, 0666);
    volatile char *file = mmap(NULL, PAGE, PROT_READ, MAP_SHARED, fd, 0);
    CHECK_EQ(FAULT_OF((void)*file), SIGBUS);
    CHECK_EQ(code, BUS_ADRERR);
    CHECK(at == file);
    volatile char *text = (volatile char *)check_memory;
    CHECK_EQ(FAULT_OF(*text = 0), SIGSEGV); /* a program's code is not writable */
    CHECK_EQ(code, SEGV_ACCERR);
    close(fd);
}

/* The machine's division, which compilers avoid where they can. */
static void divide(int a, int b)
{
    __asm__ volatile("cltd; idivl %1" : "+a"(a) : "r"(b) : "rdx", "cc");
}

static void check_instructions(void)
{
    CHECK_EQ(FAULT_OF(divide(1, 0)), SIGFPE);
    CHECK_EQ(code, FPE_INTDIV);
    CHECK(at != NULL);
    CHECK_EQ(trap_number, 0);
    CHECK_EQ(FAULT_OF(divide(INT_MIN, -1)), SIGFPE);
    CHECK_EQ(FAULT_OF(__asm__ volatile("ud2")), SIGILL);
    CHECK_EQ(code, ILL_ILLOPN);
    CHECK(at != NULL);
    CHECK_EQ(trap_number, 6);
    CHECK_EQ(FAULT_OF(__asm__ volatile("int3")), SIGTRAP);
    CHECK_EQ(code, SI_KERNEL);
    CHECK_EQ(trap_number, 3);
    CHECK_EQ(FAULT_OF(__asm__ volatile("hlt")), SIGSEGV);
    CHECK_EQ(code, SI_KERNEL);
    CHECK_EQ(FAULT_OF(__asm__ volatile("cli")), SIGSEGV);
    CHECK_EQ(FAULT_OF(__asm__ volatile("inb $0x60, %%al" ::: "rax")), SIGSEGV);
    CHECK_EQ(FAULT_OF(__asm__ volatile("mov %%cr0, %%rax" ::: "rax")), SIGSEGV);
    CHECK_EQ(FAULT_OF(__asm__ volatile("wrmsr" ::"a"(0), "c"(0), "d"(0))), SIGSEGV);
    CHECK_EQ(FAULT_OF(__asm__ volatile("int $0x21")), SIGSEGV);
    CHECK_EQ(FAULT_OF(__asm__ volatile("lidt (%%rsp)" ::: "memory")), SIGSEGV);
    CHECK_EQ(FAULT_OF(__asm__ volatile("mov %0, %%ss" ::"r"(0x10))), SIGSEGV);
    CHECK_EQ(FAULT_OF(__asm__ volatile("pushf; orl $0x100, (%%rsp); popf; nop" ::
                                           : "memory", "cc")),
             SIGTRAP); /* a single step */
    CHECK_EQ(code, TRAP_TRACE);
    __asm__ volatile("pushf; andl $~0x100, (%%rsp); popf" ::: "memory", "cc");
}

static double divided(double a, double b)
{
    volatile double x = a, y = b;
    return x / y;
}

static bool vector_division_faults(void)
{
    unsigned control = 0x1f80 & ~0x200u, usual = 0x1f80; /* division by zero unmasked */
    int signal_number = FAULT_OF({
        __asm__ volatile("ldmxcsr %0" ::"m"(control));
        if (divided(1, 0) == 0)
            code = -1;
    });
    __asm__ volatile("ldmxcsr %0" ::"m"(usual));
    return signal_number == SIGFPE && code == FPE_FLTDIV && trap_number == 19;
}

static bool reserved_bits_fault(void)
{
    unsigned reserved = 0xffff0000, usual = 0x1f80;
    int signal_number = FAULT_OF(__asm__ volatile("ldmxcsr %0" ::"m"(reserved)));
    __asm__ volatile("ldmxcsr %0" ::"m"(usual));
    return signal_number == SIGSEGV;
}

static void check_vectors(void)
{
    unsigned short x87 = 0x37f & ~4, x87_usual = 0x37f;
    CHECK(vector_division_faults());
    CHECK(reserved_bits_fault());
    CHECK_EQ(FAULT_OF(__asm__ volatile("fldcw %0; fld1; fldz; fdivrp; fwait" ::"m"(x87))), SIGFPE);
    CHECK_EQ(code, FPE_FLTDIV);
    CHECK_EQ(trap_number, 16);
    __asm__ volatile("fninit; fldcw %0" ::"m"(x87_usual));
}

/* A fault whose signal is blocked or ignored ends the process all the same, and so does one with no
 * stack to handle it on. */
static void check_deadly(void)
{
    volatile char *none = bad_address(0x10);
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        sigset_t set = set_of(SIGSEGV);
        sigprocmask(SIG_BLOCK, &set, NULL);
        *none = 1;
        _exit(0);
    }
    CHECK_EQ(WTERMSIG(status_of(child)), SIGSEGV);
    child = fork();
    if (child == 0) {
        signal(SIGSEGV, SIG_IGN);
        *none = 1;
        _exit(0);
    }
    CHECK_EQ(WTERMSIG(status_of(child)), SIGSEGV);
    child = fork();
    if (child == 0) {
        signal(SIGFPE, SIG_DFL);
        divide(1, 0);
        _exit(0);
    }
    CHECK_EQ(WTERMSIG(status_of(child)), SIGFPE);
    child = fork();
    if (child == 0) {
        __asm__ volatile("mov $16, %%rsp; ud2" ::: "memory");
        _exit(0);
    }
    CHECK_EQ(WTERMSIG(status_of(child)), SIGSEGV);
    child = fork();
    if (child == 0) {
        __asm__ volatile("mov %0, %%rsp; push $1" ::"r"(BAD_KERNEL) : "memory");
        _exit(0);
    }
    CHECK_EQ(WTERMSIG(status_of(child)), SIGSEGV);
}

static void on_overflow(int number, siginfo_t *info, void *context)
{
    on_fault(number, info, context);
}

static int recurse(int depth)
{
    volatile char block[8192];
    block[0] = depth;
    return depth < 0 ? 0 : recurse(depth + 1) + block[0];
}

/* A stack that overflows is told on the other stack. */
static void check_overflow(void)
{
    stack_t stack = {.ss_sp = malloc(65536), .ss_size = 65536};
    struct sigaction action = {.sa_sigaction = on_overflow, .sa_flags = SA_SIGINFO | SA_ONSTACK};
    CHECK_OK(sigaltstack(&stack, NULL));
    CHECK_OK(sigaction(SIGSEGV, &action, NULL));
    CHECK_EQ(FAULT_OF((void)recurse(0)), SIGSEGV);
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        signal(SIGSEGV, SIG_DFL);
        _exit(recurse(0) == 12345);
    }
    CHECK_EQ(WTERMSIG(status_of(child)), SIGSEGV);
}

int main(void)
{
    static const int faults[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP};
    struct sigaction action = {.sa_sigaction = on_fault, .sa_flags = SA_SIGINFO};
    for (size_t i = 0; i < sizeof faults / sizeof *faults; i++)
        sigaction(faults[i], &action, NULL);
    check_memory();
    check_instructions();
    check_vectors();
    check_deadly();
    check_overflow();
    return check_done();
}
