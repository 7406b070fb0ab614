/* The end of the stack: recursion without end meets a gap, not another mapping; and what a program
 * does to its own stack pointer is its own fault alone.
 * needs: settings */
/* SPDX-License-Identifier: MIT */
#include "helpers.h"
#include <sys/resource.h>

static int signal_of(void (*act)(void))
{
    int status;
    pid_t pid = fork();
    if (pid == 0) {
        act();
        _exit(0);
    }
    waitpid(pid, &status, 0);
    return WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}

static int descend(volatile int depth)
{
    volatile char frame[1000];
    frame[0] = (char)depth;
    return depth < 0 ? 0 : descend(depth + 1) + frame[0];
}

static void without_end(void)
{
    descend(1);
}

/* The same with a mapping just below the area where the stack may grow: it must not be hit. */
static void above_mapping(void)
{
    struct rlimit limit = {256 << 10, 256 << 10};
    char here;
    setrlimit(RLIMIT_STACK, &limit);
    uintptr_t low = ((uintptr_t)&here - (600 << 10)) & ~(uintptr_t)(PAGE - 1);
    char *mapped = mmap((void *)low, PAGE, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
    if (mapped == MAP_FAILED)
        _exit(0);
    descend(1);
}

/* The stack grows until it is near a mapping and no nearer: the gap is there. */
static long distance_to_mapping(void)
{
    char here;
    uintptr_t low = ((uintptr_t)&here - (2 << 20)) & ~(uintptr_t)(PAGE - 1);
    char *mapped = mmap((void *)low, PAGE, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
    int ends[2];
    if (mapped == MAP_FAILED || pipe(ends))
        return -1;
    pid_t pid = fork();
    if (pid == 0)
        for (uintptr_t at = (uintptr_t)&here - PAGE;; at -= PAGE) {
            *(volatile char *)at = 1;
            if (write(ends[1], &at, sizeof(at)) != sizeof(at))
                _exit(1);
        }
    close(ends[1]);
    uintptr_t at = 0, last = 0;
    while (read(ends[0], &at, sizeof(at)) == sizeof(at))
        last = at;
    close(ends[0]);
    waitpid(pid, NULL, 0);
    munmap(mapped, PAGE);
    return (long)(last - low);
}

/* clang-format off */
#define TRIES(name, ...) static void name(void) { __VA_ARGS__; }
/* clang-format on */

TRIES(push_at_zero, asm volatile("xor %%esp, %%esp; push %%rax" ::: "memory"))
TRIES(push_in_kernel, asm volatile("mov $-8192, %%rsp; push %%rax" ::: "memory"))
TRIES(push_nowhere, asm volatile("mov $1, %%esp; shl $62, %%rsp; push %%rax" ::: "memory"))
TRIES(call_without_stack, asm volatile("xor %%esp, %%esp; syscall; mov %%rax, (%%rsp)" ::"a"(39)
                                       : "rcx", "r11", "memory"))

static void handle(int sig)
{
    (void)sig;
    _exit(0);
}

static void signal_without_stack(void)
{
    signal(SIGUSR1, handle);
    asm volatile("xor %%esp, %%esp; syscall" ::"a"(62), "D"(getpid()), "S"(SIGUSR1)
                 : "rcx", "r11", "memory");
}

static void signal_on_kernel_stack(void)
{
    signal(SIGUSR1, handle);
    asm volatile("mov $-65536, %%rsp; syscall" ::"a"(62), "D"(getpid()), "S"(SIGUSR1)
                 : "rcx", "r11", "memory");
}

int main(void)
{
    CHECK_EQ(signal_of(without_end), SIGSEGV);
    CHECK_EQ(signal_of(above_mapping), SIGSEGV);
    long distance = distance_to_mapping();
    NOTE("a gap of %ld pages", distance / PAGE);
    CHECK(distance >= 256 * PAGE);
    CHECK_EQ(signal_of(push_at_zero), SIGSEGV);
    CHECK_EQ(signal_of(push_in_kernel), SIGSEGV);
    int nowhere = signal_of(push_nowhere); /* QEMU takes it for a general protection fault */
    CHECK(nowhere == SIGBUS || nowhere == SIGSEGV);
    CHECK_EQ(signal_of(call_without_stack), SIGSEGV);
    CHECK_EQ(signal_of(signal_without_stack), SIGSEGV);
    CHECK_EQ(signal_of(signal_on_kernel_stack), SIGSEGV);
    return check_done();
}
