/* ptrace: stops at system calls; their number, registers and result, and how they change; what
 * strace asks about them.
 * needs: ptrace */
/* SPDX-License-Identifier: MIT */
#include "tracing.h"

enum { GOOD = SIGTRAP | 0x80 };

static void make_calls(void)
{
    long a = syscall(SYS_getpid), b = syscall(SYS_close, 1234);
    _exit(a == getpid() && b == -1 && errno == EBADF ? 4 : 5);
}

static struct ptrace_syscall_info info_of(pid_t pid, long *n)
{
    struct ptrace_syscall_info info;
    memset(&info, 0xff, sizeof info);
    *n = ptrace(PTRACE_GET_SYSCALL_INFO, pid, (void *)sizeof info, &info);
    return info;
}

/* Goes on to the begin of the next call of that number. */
static bool to_call(pid_t pid, unsigned long number)
{
    for (int i = 0; i < 100; i++) {
        if (go_on(pid, PTRACE_SYSCALL, 0) != STOP(GOOD, 0))
            return false;
        if (message_of(pid) == PTRACE_EVENTMSG_SYSCALL_ENTRY &&
            registers_of(pid).orig_rax == number)
            return true;
    }
    return false;
}

static pid_t calling_child(void (*run)(void))
{
    pid_t child = traced_child(run);
    ptrace(PTRACE_SETOPTIONS, child, NULL, (void *)PTRACE_O_TRACESYSGOOD);
    return child;
}

static void test_stops(void)
{
    long n;
    pid_t child = calling_child(make_calls);
    CHECK(info_of(child, &n).op == PTRACE_SYSCALL_INFO_NONE && n == 24);
    CHECK(to_call(child, SYS_close));
    struct user_regs_struct regs = registers_of(child);
    CHECK_EQ(regs.rdi, 1234);
    CHECK_EQ(regs.rax, -ENOSYS);
    CHECK_EQ(regs.cs, 0x33);
    CHECK_EQ(regs.ss, 0x2b);
    CHECK_EQ(regs.rcx, regs.rip);
    siginfo_t info;
    CHECK_OK(ptrace(PTRACE_GETSIGINFO, child, NULL, &info));
    CHECK_EQ(info.si_code, GOOD);
    struct ptrace_syscall_info call = info_of(child, &n);
    CHECK_EQ(n, 80);
    CHECK_EQ(call.op, PTRACE_SYSCALL_INFO_ENTRY);
    CHECK_EQ(call.arch, AUDIT_ARCH_X86_64);
    CHECK_EQ(call.entry.nr, SYS_close);
    CHECK_EQ(call.entry.args[0], 1234);
    CHECK_EQ(call.instruction_pointer, regs.rip);
    CHECK_EQ(call.stack_pointer, regs.rsp);
    CHECK_EQ(go_on(child, PTRACE_SYSCALL, 0), STOP(GOOD, 0));
    call = info_of(child, &n);
    CHECK_EQ(n, 33);
    CHECK_EQ(call.op, PTRACE_SYSCALL_INFO_EXIT);
    CHECK_EQ(call.exit.rval, -EBADF);
    CHECK_EQ(call.exit.is_error, 1);
    CHECK_EQ(registers_of(child).rax, -EBADF);
    CHECK_EQ(message_of(child), PTRACE_EVENTMSG_SYSCALL_EXIT);
    CHECK(to_call(child, SYS_exit_group));
    CHECK_EQ(go_on(child, PTRACE_SYSCALL, 0), EXITED(4));
}

/* Without the option a call's stop looks like a SIGTRAP. */
static void test_plain_stops(void)
{
    long n;
    siginfo_t info;
    pid_t child = traced_child(make_calls);
    CHECK_EQ(go_on(child, PTRACE_SYSCALL, 0), STOP(SIGTRAP, 0));
    CHECK_OK(ptrace(PTRACE_GETSIGINFO, child, NULL, &info));
    CHECK_EQ(info.si_code, SIGTRAP);
    CHECK_EQ(info_of(child, &n).op, PTRACE_SYSCALL_INFO_NONE);
    end_child(child);
}

static void test_changes(void)
{
    struct user_regs_struct regs;
    pid_t child = calling_child(make_calls);
    CHECK(to_call(child, SYS_close)); /* another call: getuid never fails */
    regs = registers_of(child);
    regs.orig_rax = SYS_dup;
    regs.rdi = 1;
    CHECK_OK(ptrace(PTRACE_SETREGS, child, NULL, &regs));
    CHECK_EQ(go_on(child, PTRACE_SYSCALL, 0), STOP(GOOD, 0));
    CHECK((long)registers_of(child).rax > 1);
    CHECK_OK(ptrace(PTRACE_POKEUSER, child, (void *)offsetof(struct user_regs_struct, rax),
                    (void *)-EBADF));
    CHECK_EQ(go_on(child, PTRACE_CONT, 0), EXITED(4));

    child = calling_child(make_calls);
    CHECK(to_call(child, SYS_close)); /* no call at all */
    CHECK_OK(ptrace(PTRACE_POKEUSER, child, (void *)offsetof(struct user_regs_struct, orig_rax),
                    (void *)-1L));
    CHECK_EQ(go_on(child, PTRACE_SYSCALL, 0), STOP(GOOD, 0));
    CHECK_EQ(registers_of(child).rax, -ENOSYS);
    CHECK_EQ(go_on(child, PTRACE_CONT, 0), EXITED(5));

    child = calling_child(make_calls);
    CHECK(to_call(child, SYS_close)); /* a number that there is not */
    CHECK_OK(ptrace(PTRACE_POKEUSER, child, (void *)offsetof(struct user_regs_struct, orig_rax),
                    (void *)100000L));
    CHECK_EQ(go_on(child, PTRACE_SYSCALL, 0), STOP(GOOD, 0));
    CHECK_EQ(registers_of(child).rax, -ENOSYS);
    CHECK_EQ(go_on(child, PTRACE_SYSCALL, 0), STOP(GOOD, 0));
    end_child(child);
}

/* A signal to go on with at a call is sent as if by the kernel. */
static void test_signal_at_call(void)
{
    siginfo_t info;
    pid_t child = calling_child(make_calls);
    CHECK(to_call(child, SYS_close));
    CHECK_EQ(go_on(child, PTRACE_SYSCALL, SIGUSR1), STOP(GOOD, 0));
    CHECK_EQ(go_on(child, PTRACE_SYSCALL, 0), STOP(SIGUSR1, 0));
    CHECK_OK(ptrace(PTRACE_GETSIGINFO, child, NULL, &info));
    CHECK_EQ(info.si_code, SI_KERNEL);
    CHECK_EQ(go_on(child, PTRACE_CONT, 0), EXITED(4));
}

static void note(int signal)
{
    (void)signal;
}

static void sleep_and_read(void)
{
    int ends[2];
    char byte;
    on(SIGUSR1, note, SA_RESTART);
    on(SIGUSR2, note, 0);
    pipe(ends);
    read(ends[0], &byte, 1);
    _exit(errno == EINTR ? 6 : 7);
}

/* A call that a signal interrupts: its result says what will become of it; then it starts again, or
 * gives EINTR, or ends as the tracer says by taking its number away. */
static void test_interrupted(void)
{
    pid_t child = calling_child(sleep_and_read);
    CHECK(to_call(child, SYS_read));
    CHECK_OK(ptrace(PTRACE_SYSCALL, child, NULL, NULL));
    CHECK(signal_sleeper(child, SIGUSR1));
    CHECK_EQ(next_of(child), STOP(GOOD, 0));
    CHECK_EQ(registers_of(child).rax, -512);
    CHECK_EQ(go_on(child, PTRACE_SYSCALL, 0), STOP(SIGUSR1, 0));
    CHECK_EQ(registers_of(child).orig_rax, SYS_read);
    CHECK_EQ(go_on(child, PTRACE_SYSCALL, SIGUSR1), STOP(GOOD, 0));
    CHECK_EQ(registers_of(child).orig_rax, SYS_rt_sigreturn);
    CHECK_EQ(go_on(child, PTRACE_SYSCALL, 0), STOP(GOOD, 0));
    CHECK_EQ(registers_of(child).orig_rax, -1);
    CHECK(to_call(child, SYS_read));
    CHECK_OK(ptrace(PTRACE_CONT, child, NULL, NULL));
    CHECK(signal_sleeper(child, SIGUSR1));
    CHECK_EQ(next_of(child), STOP(SIGUSR1, 0));
    CHECK(to_call(child, SYS_read)); /* the signal is dropped, the call starts again */
    CHECK_OK(ptrace(PTRACE_CONT, child, NULL, NULL));
    CHECK(signal_sleeper(child, SIGUSR2));
    CHECK_EQ(next_of(child), STOP(SIGUSR2, 0));
    CHECK_EQ(go_on(child, PTRACE_CONT, SIGUSR2), EXITED(6));

    child = calling_child(sleep_and_read);
    CHECK(to_call(child, SYS_read));
    CHECK_OK(ptrace(PTRACE_CONT, child, NULL, NULL));
    CHECK(signal_sleeper(child, SIGUSR1));
    CHECK_EQ(next_of(child), STOP(SIGUSR1, 0));
    struct user_regs_struct regs = registers_of(child);
    regs.orig_rax = -1;
    regs.rax = -EINTR;
    CHECK_OK(ptrace(PTRACE_SETREGS, child, NULL, &regs));
    CHECK_EQ(go_on(child, PTRACE_CONT, 0), EXITED(6));
}

/* As gdb does for a call by hand: registers are put away at a signal in a call, the program goes
 * elsewhere, and later the registers are put back, and the call starts again. */
static int ends_for_all[2];

static void read_for_all(void)
{
    char byte = 0;
    on(SIGUSR1, SIG_IGN, 0);
    read(ends_for_all[0], &byte, 1);
    _exit(byte);
}

static void go_elsewhere(void)
{
    __asm__ volatile("int3");
    _exit(99);
}

static void test_put_away(void)
{
    pipe(ends_for_all);
    pid_t child = calling_child(read_for_all);
    CHECK(to_call(child, SYS_read));
    CHECK_OK(ptrace(PTRACE_CONT, child, NULL, NULL));
    CHECK(signal_sleeper(child, SIGUSR1));
    CHECK_EQ(next_of(child), STOP(SIGUSR1, 0));
    struct user_regs_struct regs = registers_of(child), other = regs;
    other.rip = (unsigned long)go_elsewhere;
    other.orig_rax = -1;
    other.rsp = ((other.rsp - 4096) & -16ul) - 8;
    CHECK_OK(ptrace(PTRACE_SETREGS, child, NULL, &other));
    CHECK_EQ(go_on(child, PTRACE_CONT, 0), STOP(SIGTRAP, 0));
    CHECK_EQ(registers_of(child).orig_rax, -1);
    CHECK_OK(ptrace(PTRACE_SETREGS, child, NULL, &regs));
    write(ends_for_all[1], "\x21", 1);
    CHECK_EQ(go_on(child, PTRACE_CONT, 0), EXITED(0x21));
}

int main(void)
{
    test_stops();
    test_plain_stops();
    test_changes();
    test_signal_at_call();
    test_interrupted();
    test_put_away();
    return check_done();
}
