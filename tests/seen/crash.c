/* Faults in a function of its own, in the way that the argument names; for fault_line.t. */
/* SPDX-License-Identifier: MIT */
#include <stddef.h>
#include <string.h>
#include <sys/mman.h>

static volatile char *page_with(int protection)
{
    return mmap(NULL, 4096, protection, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
}

__attribute__((noinline)) static void store(volatile char *at)
{
    *at = 1;
}

__attribute__((noinline)) static char load(volatile const char *at)
{
    return *at;
}

__attribute__((noinline)) static void privileged(void)
{
    __asm__ volatile("hlt");
}

__attribute__((noinline)) static int divide(volatile int what, volatile int by)
{
    return what / by;
}

int main(int argc, char **argv)
{
    const char *how = argc > 1 ? argv[1] : "";
    if (strcmp(how, "unmapped") == 0)
        store((volatile char *)0x10);
    if (strcmp(how, "read-only") == 0)
        store(page_with(PROT_READ));
    if (strcmp(how, "none") == 0)
        load(page_with(PROT_NONE));
    if (strcmp(how, "kernel") == 0)
        load((volatile char *)0xffffffff80100000);
    if (strcmp(how, "execute") == 0)
        ((void (*)(void))page_with(PROT_READ | PROT_WRITE))();
    if (strcmp(how, "privileged") == 0)
        privileged();
    if (strcmp(how, "divide") == 0)
        return divide(100, 0);
    return 0;
}
