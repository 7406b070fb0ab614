/* What no program may do, each tried by a child that must die of it: the kernel's memory,
 * privileged instructions, gates that are not for programs, registers that no return accepts. */
/* SPDX-License-Identifier: MIT */
#include "check.h"
#include <sys/syscall.h>

#define KERNEL_IMAGE  0xffffffff80100000ul
#define DIRECT_MAP    0xffff888000100000ul
#define NOT_CANONICAL 0x8000000000001234ul
#define SURVIVED      77

enum { ARCH_SET_GS = 0x1001, ARCH_SET_FS = 0x1002 };

/* The signal that ends a child which runs `act`; 0 if it lives on. */
static int signal_of(void (*act)(void))
{
    int status;
    pid_t pid = fork();
    if (pid == 0) {
        act();
        _exit(SURVIVED);
    }
    if (pid < 0 || waitpid(pid, &status, 0) != pid)
        return -1;
    return WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}

#define TRIES(name, ...)   \
    static void name(void) \
    {                      \
        __VA_ARGS__;       \
    }

TRIES(read_kernel, (void)*(volatile char *)KERNEL_IMAGE)
TRIES(write_kernel, *(volatile char *)KERNEL_IMAGE = 1)
TRIES(read_direct_map, (void)*(volatile char *)DIRECT_MAP)
TRIES(write_direct_map, *(volatile char *)DIRECT_MAP = 1)
TRIES(read_non_canonical, (void)*(volatile char *)NOT_CANONICAL)
TRIES(jump_to_kernel, ((void (*)(void))KERNEL_IMAGE)())
TRIES(jump_non_canonical, ((void (*)(void))NOT_CANONICAL)())
TRIES(run_data, static char ret[] = "\xc3"; ((void (*)(void))ret)())
TRIES(write_code, *(volatile char *)read_kernel = 1)

TRIES(halt, asm volatile("hlt"))
TRIES(mask_interrupts, asm volatile("cli"))
TRIES(read_port, asm volatile("inb $0x60, %%al" ::: "eax"))
TRIES(write_port, asm volatile("outb %%al, $0xf4" ::"a"(0x11)))
TRIES(read_msr, asm volatile("rdmsr" ::"c"(0xc0000080) : "eax", "edx"))
TRIES(read_cr0, unsigned long x; asm volatile("mov %%cr0, %0" : "=r"(x)))
TRIES(swap_gs, asm volatile("swapgs"))
TRIES(load_idt, asm volatile("lidt (%%rsp)" ::: "memory"))
TRIES(return_from_kernel, asm volatile("sysretq" ::"c"(0) : "r11"))
TRIES(load_kernel_selector, asm volatile("mov %0, %%ds" ::"r"(0x40)))
TRIES(far_return_to_kernel,
      asm volatile("pushq $0x10; lea 1f(%%rip), %%rax; push %%rax; lretq; 1:" ::
                       : "rax", "memory"))

TRIES(gate_nmi, asm volatile("int $2"))
TRIES(gate_double_fault, asm volatile("int $8"))
TRIES(gate_page_fault, asm volatile("int $14"))
TRIES(gate_timer, asm volatile("int $32"))
TRIES(gate_missing, asm volatile("int $0x30"))
TRIES(gate_breakpoint, asm volatile("int3"))
TRIES(undefined, asm volatile("ud2"))
TRIES(divide, asm volatile("xor %%ecx, %%ecx; divl %%ecx" ::: "eax", "ecx", "edx"))

static void check_memory(void)
{
    CHECK_EQ(signal_of(read_kernel), SIGSEGV);
    CHECK_EQ(signal_of(write_kernel), SIGSEGV);
    CHECK_EQ(signal_of(read_direct_map), SIGSEGV);
    CHECK_EQ(signal_of(write_direct_map), SIGSEGV);
    CHECK_EQ(signal_of(read_non_canonical), SIGSEGV);
    CHECK_EQ(signal_of(jump_to_kernel), SIGSEGV);
    CHECK_EQ(signal_of(jump_non_canonical), SIGSEGV);
    CHECK_EQ(signal_of(run_data), SIGSEGV);
    CHECK_EQ(signal_of(write_code), SIGSEGV);
}

static void check_instructions(void)
{
    CHECK_EQ(signal_of(halt), SIGSEGV);
    CHECK_EQ(signal_of(mask_interrupts), SIGSEGV);
    CHECK_EQ(signal_of(read_port), SIGSEGV);
    CHECK_EQ(signal_of(write_port), SIGSEGV);
    CHECK_EQ(signal_of(read_msr), SIGSEGV);
    CHECK_EQ(signal_of(read_cr0), SIGSEGV);
    CHECK_EQ(signal_of(swap_gs), SIGSEGV);
    CHECK_EQ(signal_of(load_idt), SIGSEGV);
    CHECK_EQ(signal_of(return_from_kernel), SIGSEGV);
    CHECK_EQ(signal_of(load_kernel_selector), SIGSEGV);
    CHECK_EQ(signal_of(far_return_to_kernel), SIGSEGV);
}

static void check_gates(void)
{
    CHECK_EQ(signal_of(gate_nmi), SIGSEGV);
    CHECK_EQ(signal_of(gate_double_fault), SIGSEGV);
    CHECK_EQ(signal_of(gate_page_fault), SIGSEGV);
    CHECK_EQ(signal_of(gate_timer), SIGSEGV);
    CHECK_EQ(signal_of(gate_missing), SIGSEGV);
    CHECK_EQ(signal_of(gate_breakpoint), SIGTRAP);
    CHECK_EQ(signal_of(undefined), SIGILL);
    CHECK_EQ(signal_of(divide), SIGFPE);
}

/* Flags that a system call must not bring into the kernel. */
TRIES(call_backwards, asm volatile("std; syscall; cld" ::"a"(SYS_getppid) : "rcx", "r11", "memory"))
TRIES(call_nested, asm volatile("pushf; orl $0x4000, (%%rsp); popf; syscall" ::"a"(SYS_getppid)
                                : "rcx", "r11", "memory"))
TRIES(call_with_user_gs, asm volatile("mov %0, %%gs" ::"r"(0x2b)); getppid())

static void check_calls(void)
{
    CHECK_EQ(signal_of(call_backwards), 0);
    CHECK_EQ(signal_of(call_nested), 0);
    CHECK_EQ(signal_of(call_with_user_gs), 0);
    CHECK_ERR(syscall(SYS_arch_prctl, ARCH_SET_GS, DIRECT_MAP), EPERM);
    CHECK_ERR(syscall(SYS_arch_prctl, ARCH_SET_FS, NOT_CANONICAL), EPERM);
}

int main(void)
{
    check_memory();
    check_instructions();
    check_gates();
    check_calls();
    return check_done();
}
