/* ptrace: a child that asks for it; signals that its tracer sees, changes and drops; its registers
 * and memory; how it is let go; each errno.
 * needs: ptrace */
/* SPDX-License-Identifier: MIT */
#include "tracing.h"

static volatile long variable = 7;
static volatile int caught;

static void note(int signal)
{
    caught = signal;
}

static void exit_with_variable(void)
{
    raise(SIGUSR1);
    _exit((int)variable);
}

static void exit_with_signal(void)
{
    on(SIGUSR1, note, 0);
    on(SIGUSR2, note, 0);
    raise(SIGUSR1);
    _exit(caught);
}

static void test_signals(void)
{
    pid_t child = traced_child(exit_with_signal);
    CHECK_EQ(go_on(child, PTRACE_CONT, 0), STOP(SIGUSR1, 0));
    CHECK_EQ(state_of(child), 't');
    siginfo_t info;
    CHECK_OK(ptrace(PTRACE_GETSIGINFO, child, NULL, &info));
    CHECK_EQ(info.si_signo, SIGUSR1);
    CHECK_EQ(info.si_code, SI_TKILL);
    CHECK_EQ(info.si_pid, child);
    CHECK_EQ(go_on(child, PTRACE_CONT, SIGUSR1), EXITED(SIGUSR1));
    child = traced_child(exit_with_signal);
    CHECK_EQ(go_on(child, PTRACE_CONT, 0), STOP(SIGUSR1, 0));
    CHECK_EQ(go_on(child, PTRACE_CONT, SIGUSR2), EXITED(SIGUSR2));
    child = traced_child(exit_with_signal);
    CHECK_EQ(go_on(child, PTRACE_CONT, 0), STOP(SIGUSR1, 0));
    CHECK_EQ(go_on(child, PTRACE_CONT, 0), EXITED(0));
    child = traced_child(exit_with_signal);
    CHECK_EQ(go_on(child, PTRACE_CONT, 0), STOP(SIGUSR1, 0));
    CHECK_EQ(go_on(child, PTRACE_CONT, SIGTERM), SIGTERM);
}

static void ignore_and_send(void)
{
    on(SIGUSR1, SIG_IGN, 0);
    raise(SIGUSR1);
    raise(SIGURG);
    raise(SIGCONT);
    _exit(5);
}

static void test_ignored_signals_are_seen(void)
{
    pid_t child = traced_child(ignore_and_send);
    CHECK_EQ(go_on(child, PTRACE_CONT, 0), STOP(SIGUSR1, 0));
    CHECK_EQ(go_on(child, PTRACE_CONT, SIGUSR1), STOP(SIGURG, 0));
    CHECK_EQ(go_on(child, PTRACE_CONT, SIGURG), STOP(SIGCONT, 0));
    CHECK_EQ(go_on(child, PTRACE_CONT, SIGCONT), EXITED(5));
}

static void test_siginfo_may_change(void)
{
    siginfo_t info;
    pid_t child = traced_child(exit_with_signal);
    CHECK_EQ(go_on(child, PTRACE_CONT, 0), STOP(SIGUSR1, 0));
    CHECK_OK(ptrace(PTRACE_GETSIGINFO, child, NULL, &info));
    info.si_signo = SIGUSR2;
    CHECK_OK(ptrace(PTRACE_SETSIGINFO, child, NULL, &info));
    CHECK_OK(ptrace(PTRACE_GETSIGINFO, child, NULL, &info));
    CHECK_EQ(info.si_signo, SIGUSR2);
    CHECK_EQ(go_on(child, PTRACE_CONT, SIGUSR1), EXITED(SIGUSR1));
}

static void test_memory(void)
{
    pid_t child = traced_child(exit_with_variable);
    errno = 0;
    CHECK_EQ(ptrace(PTRACE_PEEKDATA, child, &variable, NULL), 7);
    CHECK_OK(ptrace(PTRACE_POKEDATA, child, &variable, (void *)9L));
    CHECK_EQ(ptrace(PTRACE_PEEKTEXT, child, &variable, NULL), 9);
    CHECK_EQ(variable, 7);
    CHECK_ERR(ptrace(PTRACE_PEEKDATA, child, BAD_LOW, NULL), EIO);
    CHECK_ERR(ptrace(PTRACE_PEEKDATA, child, BAD_KERNEL, NULL), EIO);
    CHECK_ERR(ptrace(PTRACE_PEEKDATA, child, BAD_HOLE, NULL), EIO);
    CHECK_ERR(ptrace(PTRACE_POKEDATA, child, BAD_KERNEL, NULL), EIO);
    CHECK_ERR(syscall(SYS_ptrace, PTRACE_PEEKDATA, child, &variable, BAD_KERNEL), EFAULT);
    CHECK_EQ(go_on(child, PTRACE_CONT, 0), STOP(SIGUSR1, 0));
    CHECK_EQ(go_on(child, PTRACE_CONT, 0), EXITED(9));
}

static char *read_only, *nothing, *shared;

static void look_at_pages(void)
{
    raise(SIGUSR1);
    _exit(read_only[8] == 'x' && shared[8] == 0 ? 0 : 1);
}

/* A write to a page that may not be written makes it the tracee's own; the file and the tracer do
 * not see it, and it stays read-only. Shared memory is not for such. */
static void test_protected_memory(void)
{
    make_file("f", "0123456789abcdef");
    int fd = open("f", O_RDWR);
    read_only = mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE, fd, 0);
    shared = mmap(NULL, PAGE, PROT_READ, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    nothing = page_with(PROT_READ | PROT_WRITE);
    strcpy(nothing, "secrets");
    mprotect(nothing, PAGE, PROT_NONE);
    pid_t child = traced_child(look_at_pages);
    long word;
    memcpy(&word, "xxxxxxxx", 8);
    CHECK_OK(ptrace(PTRACE_POKETEXT, child, read_only + 8, (void *)word));
    CHECK_EQ(ptrace(PTRACE_PEEKTEXT, child, read_only + 8, NULL), word);
    CHECK(read_only[8] == '8');
    CHECK_STR(contents("f"), "0123456789abcdef");
    CHECK_ERR(ptrace(PTRACE_POKETEXT, child, shared, (void *)word), EIO);
    memcpy(&word, "secrets", 8);
    CHECK_EQ(ptrace(PTRACE_PEEKTEXT, child, nothing, NULL), word);
    CHECK_OK(ptrace(PTRACE_POKETEXT, child, nothing, (void *)0L));
    CHECK_EQ(ptrace(PTRACE_PEEKTEXT, child, nothing, NULL), 0);
    char text[64], path[32];
    snprintf(path, sizeof path, "/proc/%d/maps", (int)child);
    snprintf(text, sizeof text, "%lx-%lx r--p", (long)read_only, (long)read_only + PAGE);
    CHECK(strstr(contents(path), text));
    CHECK_EQ(go_on(child, PTRACE_CONT, 0), STOP(SIGUSR1, 0));
    CHECK_EQ(go_on(child, PTRACE_CONT, 0), EXITED(0));
    close(fd);
}

static void do_nothing(void) {}

static void test_letting_go(void)
{
    pid_t child = traced_child(exit_with_signal);
    CHECK_OK(ptrace(PTRACE_DETACH, child, NULL, NULL));
    CHECK_EQ(next_of(child), EXITED(SIGUSR1));
    child = traced_child(exit_with_signal);
    CHECK_EQ(go_on(child, PTRACE_CONT, 0), STOP(SIGUSR1, 0));
    CHECK_OK(ptrace(PTRACE_DETACH, child, NULL, (void *)SIGUSR2));
    CHECK_EQ(next_of(child), EXITED(SIGUSR2));
    child = traced_child(do_nothing);
    CHECK_OK(ptrace(PTRACE_KILL, child, NULL, NULL));
    CHECK_EQ(next_of(child), SIGKILL);
    child = traced_child(do_nothing);
    CHECK_OK(kill(child, SIGKILL));
    CHECK_EQ(next_of(child), SIGKILL);
}

static void test_errors(void)
{
    pid_t child = traced_child(do_nothing), stranger = child_that_pauses();
    struct user_regs_struct regs;
    long word;
    CHECK_ERR(ptrace(PTRACE_CONT, stranger, NULL, NULL), ESRCH);
    CHECK_ERR(ptrace(PTRACE_CONT, 999999, NULL, NULL), ESRCH);
    CHECK_ERR(ptrace(PTRACE_ATTACH, 999999, NULL, NULL), ESRCH);
    CHECK_ERR(ptrace(PTRACE_ATTACH, getpid(), NULL, NULL), EPERM);
    CHECK_ERR(ptrace(PTRACE_ATTACH, child, NULL, NULL), EPERM);
    CHECK_ERR(ptrace(PTRACE_CONT, child, NULL, (void *)65L), EIO);
    CHECK_ERR(ptrace(PTRACE_DETACH, child, NULL, (void *)-1L), EIO);
    CHECK_ERR(ptrace(PTRACE_SETOPTIONS, child, NULL, (void *)(1L << 22)), EINVAL);
    CHECK_ERR(ptrace(12345, child, NULL, NULL), EIO);
    CHECK_ERR(ptrace(PTRACE_GETREGS, child, NULL, BAD_KERNEL), EFAULT);
    CHECK_ERR(ptrace(PTRACE_SETREGS, child, NULL, BAD_KERNEL), EFAULT);
    CHECK_ERR(syscall(SYS_ptrace, PTRACE_PEEKUSER, child, 4, &word), EIO);
    CHECK_ERR(syscall(SYS_ptrace, PTRACE_PEEKUSER, child, 928, &word), EIO);
    CHECK_ERR(ptrace(PTRACE_POKEUSER, child, (void *)400, NULL), EIO);
    CHECK_ERR(ptrace(PTRACE_INTERRUPT, child, NULL, NULL), EIO);
    CHECK_ERR(ptrace(PTRACE_LISTEN, child, NULL, NULL), EIO);
    CHECK_ERR(ptrace(PTRACE_SEIZE, stranger, (void *)1, NULL), EIO);
    CHECK_ERR(ptrace(PTRACE_SEIZE, stranger, NULL, (void *)(1L << 30)), EIO);
    CHECK_ERR(ptrace(PTRACE_GETSIGMASK, child, (void *)4, &word), EINVAL);
    CHECK_EQ(go_on(child, PTRACE_CONT, 0), EXITED(0));
    CHECK_ERR(ptrace(PTRACE_GETREGS, child, NULL, &regs), ESRCH);
    end_child(stranger);
}

static void mask_and_stop(void)
{
    sigset_t set = set_of(SIGUSR2);
    sigprocmask(SIG_BLOCK, &set, NULL);
    raise(SIGUSR1);
    raise(SIGUSR2);
    _exit(3);
}

static void test_mask(void)
{
    unsigned long mask = 0, bit = 1ul << (SIGUSR2 - 1);
    pid_t child = traced_child(mask_and_stop);
    CHECK_EQ(go_on(child, PTRACE_CONT, 0), STOP(SIGUSR1, 0));
    CHECK_OK(ptrace(PTRACE_GETSIGMASK, child, (void *)8, &mask));
    CHECK_EQ(mask, bit);
    mask = 0;
    CHECK_OK(ptrace(PTRACE_SETSIGMASK, child, (void *)8, &mask));
    CHECK_EQ(go_on(child, PTRACE_CONT, 0), STOP(SIGUSR2, 0));
    CHECK_EQ(go_on(child, PTRACE_CONT, 0), EXITED(3));
}

static void test_asking_twice(void)
{
    CHECK_CHILD("asking twice", {
        CHILD_REQUIRE(ptrace(PTRACE_TRACEME, 0, NULL, NULL) == 0);
        CHILD_REQUIRE(ptrace(PTRACE_TRACEME, 0, NULL, NULL) == -1 && errno == EPERM);
    });
}

static void test_status_names_tracer(void)
{
    char path[32], line[32];
    pid_t child = traced_child(do_nothing);
    snprintf(path, sizeof path, "/proc/%d/status", (int)child);
    snprintf(line, sizeof line, "TracerPid:\t%d\n", (int)getpid());
    CHECK(strstr(contents(path), line));
    CHECK(strstr(contents(path), "State:\tt (tracing stop)\n"));
    CHECK(strstr(contents("/proc/self/status"), "TracerPid:\t0\n"));
    CHECK_EQ(go_on(child, PTRACE_CONT, 0), EXITED(0));
}

static void exec_self(void)
{
    char *argv[] = {"/proc/self/exe", "exits", NULL}, *envp[] = {NULL};
    execve(argv[0], argv, envp);
    _exit(1);
}

static void test_exec_traps(void)
{
    siginfo_t info;
    pid_t child = traced_child(exec_self);
    CHECK_EQ(go_on(child, PTRACE_CONT, 0), STOP(SIGTRAP, 0));
    CHECK_OK(ptrace(PTRACE_GETSIGINFO, child, NULL, &info));
    CHECK_EQ(info.si_code, SI_USER);
    CHECK_EQ(go_on(child, PTRACE_CONT, 0), EXITED(11));
}

int main(int argc, char **argv)
{
    (void)argv;
    if (argc > 1)
        return 11;
    test_signals();
    test_ignored_signals_are_seen();
    test_siginfo_may_change();
    test_memory();
    test_protected_memory();
    test_letting_go();
    test_errors();
    test_mask();
    test_asking_twice();
    test_status_names_tracer();
    test_exec_traps();
    return check_done();
}
