/* ptrace: single steps, over calls and into handlers; breakpoints; registers that no program could
 * have, which must not hurt the kernel; vector registers.
 * needs: ptrace */
/* SPDX-License-Identifier: MIT */
#include "tracing.h"

static volatile int caught;

static void note(int signal)
{
    caught = signal;
}

extern char step_first[], step_call[], step_after[], step_break[], step_end[];

__attribute__((noinline)) static void steps(void)
{
    __asm__ volatile("int3\n"
                     ".global step_first, step_call, step_after, step_break, step_end\n"
                     "step_first: mov $39, %%eax\n" /* getpid */
                     "nop\n"
                     "step_call: syscall\n"
                     "step_after: nop\n"
                     "pushf; pop %%rdx\n"
                     "step_break: nop\n"
                     "step_end: nop\n" ::
                         : "rax", "rcx", "rdx", "r11", "memory");
    _exit(21);
}

static int code_now(pid_t pid)
{
    siginfo_t info;
    return ptrace(PTRACE_GETSIGINFO, pid, NULL, &info) < 0 ? -1 : info.si_code;
}

static void test_steps(void)
{
    pid_t child = traced_child(steps);
    CHECK_EQ(go_on(child, PTRACE_CONT, 0), STOP(SIGTRAP, 0));
    CHECK_EQ(code_now(child), SI_KERNEL);
    CHECK_EQ(registers_of(child).rip, step_first);
    CHECK_EQ(go_on(child, PTRACE_SINGLESTEP, 0), STOP(SIGTRAP, 0));
    CHECK_EQ(code_now(child), TRAP_TRACE);
    CHECK_EQ(registers_of(child).rip, step_first + 5);
    CHECK_EQ(registers_of(child).rax, 39);
    CHECK_EQ(registers_of(child).eflags & 0x100, 0);
    CHECK_EQ(go_on(child, PTRACE_SINGLESTEP, 0), STOP(SIGTRAP, 0));
    CHECK_EQ(registers_of(child).rip, step_call);
    CHECK_EQ(go_on(child, PTRACE_SINGLESTEP, 0), STOP(SIGTRAP, 0)); /* over the call */
    CHECK_EQ(registers_of(child).rip, step_after);
    CHECK_EQ(registers_of(child).rax, child);
    CHECK_EQ(go_on(child, PTRACE_SINGLESTEP, 0), STOP(SIGTRAP, 0));
    CHECK_EQ(registers_of(child).rip, step_after + 1);
    CHECK_EQ(go_on(child, PTRACE_CONT, 0), EXITED(21));
}

/* As a debugger does it: an int3 in the place of an instruction, which is put back. */
static void test_breakpoint(void)
{
    pid_t child = traced_child(steps);
    CHECK_EQ(go_on(child, PTRACE_CONT, 0), STOP(SIGTRAP, 0));
    long word = ptrace(PTRACE_PEEKTEXT, child, step_break, NULL);
    CHECK_OK(ptrace(PTRACE_POKETEXT, child, step_break, (void *)((word & ~0xfful) | 0xcc)));
    CHECK_EQ(go_on(child, PTRACE_CONT, 0), STOP(SIGTRAP, 0));
    struct user_regs_struct regs = registers_of(child);
    CHECK_EQ(regs.rip, step_break + 1);
    regs.rip--;
    CHECK_OK(ptrace(PTRACE_POKETEXT, child, step_break, (void *)word));
    CHECK_OK(ptrace(PTRACE_SETREGS, child, NULL, &regs));
    CHECK_EQ(go_on(child, PTRACE_SINGLESTEP, 0), STOP(SIGTRAP, 0));
    CHECK_EQ(registers_of(child).rip, step_end);
    CHECK_EQ(*(unsigned char *)step_break, 0x90);
    CHECK_EQ(go_on(child, PTRACE_CONT, 0), EXITED(21));
}

static void handle(void)
{
    on(SIGUSR1, note, 0);
    raise(SIGUSR1);
    _exit(caught);
}

/* A step with a signal ends at the handler's first instruction. */
static void test_step_into_handler(void)
{
    pid_t child = traced_child(handle);
    CHECK_EQ(go_on(child, PTRACE_CONT, 0), STOP(SIGUSR1, 0));
    CHECK_EQ(go_on(child, PTRACE_SINGLESTEP, SIGUSR1), STOP(SIGTRAP, 0));
    CHECK_EQ(registers_of(child).rip, note);
    CHECK_EQ(go_on(child, PTRACE_SINGLESTEP, 0), STOP(SIGTRAP, 0));
    CHECK_EQ(go_on(child, PTRACE_CONT, 0), EXITED(SIGUSR1)); /* nor does it step on in main */
}

static void block_and_trap(void)
{
    sigset_t set = set_of(SIGTRAP);
    sigprocmask(SIG_BLOCK, &set, NULL);
    on(SIGTRAP, note, 0);
    __asm__ volatile("int3");
    _exit(caught ? 1 : 30);
}

/* A fault's signal cannot be blocked: it is the tracer's to drop, and the handler is gone. */
static void test_blocked_fault(void)
{
    pid_t child = traced_child(block_and_trap);
    CHECK_EQ(go_on(child, PTRACE_CONT, 0), STOP(SIGTRAP, 0));
    CHECK_EQ(go_on(child, PTRACE_CONT, 0), EXITED(30));
    child = traced_child(block_and_trap);
    CHECK_EQ(go_on(child, PTRACE_CONT, 0), STOP(SIGTRAP, 0));
    CHECK_EQ(go_on(child, PTRACE_CONT, SIGTRAP), SIGTRAP);
}

static void touch_nothing(void)
{
    *(volatile int *)BAD_LOW = 1;
    _exit(31);
}

static void test_fault(void)
{
    siginfo_t info;
    pid_t child = traced_child(touch_nothing);
    CHECK_EQ(go_on(child, PTRACE_CONT, 0), STOP(SIGSEGV, 0));
    CHECK_OK(ptrace(PTRACE_GETSIGINFO, child, NULL, &info));
    CHECK_EQ(info.si_code, SEGV_MAPERR);
    CHECK_EQ(info.si_addr, BAD_LOW);
    CHECK_EQ(go_on(child, PTRACE_CONT, SIGSEGV) & 0x7f, SIGSEGV);
}

/* ---- Registers that no program could have ---- */

static void pause_twice(void)
{
    raise(SIGUSR1);
    getpid();
    raise(SIGUSR2);
    _exit(40);
}

static long poke(pid_t pid, size_t at, unsigned long value)
{
    return ptrace(PTRACE_POKEUSER, pid, (void *)at, (void *)value);
}

#define REG(name) offsetof(struct user_regs_struct, name)

static void test_bad_registers(void)
{
    pid_t child = traced_child(pause_twice);
    CHECK_EQ(go_on(child, PTRACE_CONT, 0), STOP(SIGUSR1, 0));
    CHECK_ERR(poke(child, REG(fs_base), 0x8000000000000000), EIO);
    CHECK_ERR(poke(child, REG(gs_base), 0xffffffff81000000), EIO);
    CHECK_ERR(poke(child, REG(cs), 0), EIO);
    CHECK_ERR(poke(child, REG(cs), 0x10), EIO);
    CHECK_ERR(poke(child, REG(ss), 0x18), EIO);
    CHECK_ERR(poke(child, REG(ds), 0x10), EIO);
    CHECK_ERR(poke(child, REG(fs), 8), EIO);
    CHECK_OK(poke(child, REG(ds), 0x2b));
    CHECK_OK(poke(child, REG(ds), 0));
    unsigned long flags = registers_of(child).eflags;
    CHECK_OK(poke(child, REG(eflags), ~0x100ul)); /* IF, IOPL, VM ... are not for programs */
    CHECK_EQ(registers_of(child).eflags & 0x3f7202, 0x54202);
    CHECK_OK(poke(child, REG(eflags), flags));
    CHECK_EQ(go_on(child, PTRACE_CONT, 0), STOP(SIGUSR2, 0));
    CHECK_EQ(go_on(child, PTRACE_CONT, 0), EXITED(40));
}

static void test_bad_places(void)
{
    static const unsigned long places[] = {0x8000000000000000, 0x00007ffffffff000,
                                           0xffffffff81000000, ~0ul, 0x800000000000};
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        pid_t child = traced_child(pause_twice);
        CHECK_EQ(go_on(child, PTRACE_CONT, 0), STOP(SIGUSR1, 0));
        CHECK_OK(poke(child, REG(rip), places[i]));
        CHECK_OK(poke(child, REG(rsp), places[i]));
        CHECK_EQ(go_on(child, PTRACE_CONT, 0), STOP(SIGSEGV, 0));
        end_child(child);
    }
}

/* ---- Vector registers ---- */

static void load_vectors(void)
{
    double value = 0;
    __asm__ volatile("movabs $0x1122334455667788, %%rax\n"
                     "movq %%rax, %%xmm3\n"
                     "int3\n"
                     "movq %%xmm3, %0\n"
                     : "+m"(value)::"rax", "xmm3");
    long bits;
    memcpy(&bits, &value, sizeof bits);
    _exit(bits == 0x77 ? 50 : 51);
}

static void never_used(void)
{
    raise(SIGUSR1);
    double value = 0;
    __asm__ volatile("movq %%xmm3, %0" : "=m"(value)::"xmm3");
    long bits;
    memcpy(&bits, &value, sizeof bits);
    _exit(bits == 0x77 ? 50 : 51);
}

enum { XMM3_AT = 160 + 3 * 16 };

static void test_vectors(void)
{
    char state[512];
    long bits = 0x77;
    pid_t child = traced_child(load_vectors);
    CHECK_EQ(go_on(child, PTRACE_CONT, 0), STOP(SIGTRAP, 0));
    CHECK_OK(ptrace(PTRACE_GETFPREGS, child, NULL, state));
    CHECK_EQ(*(long *)(state + XMM3_AT), 0x1122334455667788);
    memcpy(state + XMM3_AT, &bits, sizeof bits);
    CHECK_OK(ptrace(PTRACE_SETFPREGS, child, NULL, state));
    CHECK_EQ(go_on(child, PTRACE_CONT, 0), EXITED(50));
    child = traced_child(never_used);
    CHECK_EQ(go_on(child, PTRACE_CONT, 0), STOP(SIGUSR1, 0));
    CHECK_OK(ptrace(PTRACE_GETFPREGS, child, NULL, state));
    memcpy(state + XMM3_AT, &bits, sizeof bits);
    CHECK_OK(ptrace(PTRACE_SETFPREGS, child, NULL, state));
    CHECK_EQ(go_on(child, PTRACE_CONT, 0), EXITED(50));
}

static long set(int request, pid_t pid, long type, void *at, size_t *n)
{
    struct iovec iov = {at, *n};
    long result = ptrace(request, pid, (void *)type, &iov);
    *n = iov.iov_len;
    return result;
}

static void test_sets(void)
{
    static char state[8192];
    struct user_regs_struct regs = {0};
    size_t n = sizeof regs;
    long bits = 0x77;
    pid_t child = traced_child(load_vectors);
    CHECK_EQ(go_on(child, PTRACE_CONT, 0), STOP(SIGTRAP, 0));
    CHECK_OK(set(PTRACE_GETREGSET, child, NT_PRSTATUS, &regs, &n));
    CHECK_EQ(n, sizeof regs);
    struct user_regs_struct same = registers_of(child);
    CHECK(memcmp(&regs, &same, sizeof regs) == 0);
    n = 4096;
    CHECK_OK(set(PTRACE_GETREGSET, child, NT_PRSTATUS, state, &n));
    CHECK_EQ(n, sizeof regs);
    n = 16;
    CHECK_OK(set(PTRACE_GETREGSET, child, NT_PRSTATUS, state, &n));
    CHECK_EQ(n, 16);
    n = 13;
    CHECK_ERR(set(PTRACE_GETREGSET, child, NT_PRSTATUS, state, &n), EINVAL);
    CHECK_ERR(set(PTRACE_GETREGSET, child, 0x7777, state, &n), EINVAL);
    n = sizeof state;
    if (set(PTRACE_GETREGSET, child, NT_X86_XSTATE, state, &n) < 0) {
        SKIP("XSAVE's registers", "no XSAVE here");
        end_child(child);
        return;
    }
    CHECK(n >= 576);
    CHECK((*(long *)(state + 464) & 3) == 3);
    CHECK_EQ(*(long *)(state + XMM3_AT), 0x1122334455667788);
    memcpy(state + XMM3_AT, &bits, sizeof bits);
    state[512 + 8] = 1; /* a reserved field */
    CHECK_ERR(set(PTRACE_SETREGSET, child, NT_X86_XSTATE, state, &n), EINVAL);
    state[512 + 8] = 0;
    state[512 + 7] ^= 0x40; /* a component that there is not */
    CHECK_ERR(set(PTRACE_SETREGSET, child, NT_X86_XSTATE, state, &n), EINVAL);
    state[512 + 7] ^= 0x40;
    CHECK_OK(set(PTRACE_SETREGSET, child, NT_X86_XSTATE, state, &n));
    CHECK_EQ(go_on(child, PTRACE_CONT, 0), EXITED(50));
}

int main(void)
{
    test_steps();
    test_breakpoint();
    test_step_into_handler();
    test_blocked_fault();
    test_fault();
    test_bad_registers();
    test_bad_places();
    test_vectors();
    test_sets();
    return check_done();
}
