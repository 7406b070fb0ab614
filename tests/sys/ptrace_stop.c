/* ptrace: attach and seize, interrupt and listen; processes that stop while they are traced; what
 * wait tells of it to tracer and parent, and to one thread alone.
 * needs: ptrace posix */
/* SPDX-License-Identifier: MIT */
#include "tracing.h"
#include <sched.h>

#define STOP_EVENT PTRACE_EVENT_STOP

static void test_attach(void)
{
    pid_t child = child_that_pauses();
    CHECK(reaches_state(child, 'S'));
    CHECK_OK(ptrace(PTRACE_ATTACH, child, NULL, NULL));
    CHECK_EQ(next_of(child), STOP(SIGSTOP, 0));
    siginfo_t info;
    CHECK_OK(ptrace(PTRACE_GETSIGINFO, child, NULL, &info));
    CHECK_EQ(info.si_code, SI_KERNEL);
    CHECK_EQ(registers_of(child).orig_rax, SYS_pause);
    CHECK_OK(ptrace(PTRACE_CONT, child, NULL, NULL));
    CHECK(signal_sleeper(child, SIGUSR1)); /* it has gone back to its call */
    CHECK_EQ(next_of(child), STOP(SIGUSR1, 0));
    CHECK_OK(ptrace(PTRACE_DETACH, child, NULL, NULL));
    CHECK(reaches_state(child, 'S'));
    CHECK_ERR(ptrace(PTRACE_CONT, child, NULL, NULL), ESRCH);
    CHECK_OK(kill(child, SIGTERM));
    CHECK_EQ(next_of(child), SIGTERM);
}

/* A stop signal that is delivered stops the process: the tracer sees it as a stop without siginfo,
 * which CONT ends without SIGCONT. */
static void test_group_stop(void)
{
    siginfo_t info;
    pid_t child = child_that_pauses();
    CHECK_OK(ptrace(PTRACE_ATTACH, child, NULL, NULL));
    CHECK_EQ(next_of(child), STOP(SIGSTOP, 0));
    CHECK_EQ(go_on(child, PTRACE_CONT, SIGSTOP), STOP(SIGSTOP, 0));
    CHECK_ERR(ptrace(PTRACE_GETSIGINFO, child, NULL, &info), EINVAL);
    CHECK_OK(ptrace(PTRACE_CONT, child, NULL, NULL));
    CHECK(reaches_state(child, 'S'));
    CHECK_OK(kill(child, SIGTSTP));
    CHECK_EQ(next_of(child), STOP(SIGTSTP, 0));
    CHECK_OK(ptrace(PTRACE_GETSIGINFO, child, NULL, &info));
    CHECK_OK(ptrace(PTRACE_DETACH, child, NULL, (void *)SIGSTOP));
    CHECK(reaches_state(child, 'T')); /* detached while it stops: it stops as others do */
    CHECK_OK(kill(child, SIGCONT));
    CHECK(reaches_state(child, 'S'));
    end_child(child);
}

static void test_attach_to_stopped(void)
{
    int status;
    pid_t child = child_that_pauses();
    CHECK_OK(kill(child, SIGSTOP));
    CHECK(waitpid(child, &status, WUNTRACED) == child);
    CHECK_OK(ptrace(PTRACE_ATTACH, child, NULL, NULL));
    CHECK_EQ(next_of(child), STOP(SIGSTOP, 0));
    CHECK_EQ(state_of(child), 't');
    CHECK_OK(ptrace(PTRACE_DETACH, child, NULL, NULL));
    CHECK(reaches_state(child, 'T'));
    CHECK_OK(kill(child, SIGCONT));
    CHECK(reaches_state(child, 'S'));
    end_child(child);
}

static void test_seize_and_interrupt(void)
{
    siginfo_t info;
    pid_t child = child_that_pauses();
    CHECK(reaches_state(child, 'S'));
    CHECK_OK(ptrace(PTRACE_SEIZE, child, NULL, (void *)PTRACE_O_TRACEEXIT));
    CHECK_EQ(waitpid(child, NULL, WNOHANG | __WALL), 0);
    CHECK_ERR(ptrace(PTRACE_CONT, child, NULL, NULL), ESRCH); /* it runs */
    CHECK_OK(ptrace(PTRACE_INTERRUPT, child, NULL, NULL));
    CHECK_EQ(next_of(child), STOP(SIGTRAP, STOP_EVENT));
    CHECK_OK(ptrace(PTRACE_GETSIGINFO, child, NULL, &info));
    CHECK_EQ(info.si_signo, SIGTRAP);
    CHECK_EQ(info.si_code, SIGTRAP | STOP_EVENT << 8);
    CHECK_OK(ptrace(PTRACE_INTERRUPT, child, NULL, NULL)); /* takes effect when it goes on */
    CHECK_EQ(go_on(child, PTRACE_CONT, 0), STOP(SIGTRAP, STOP_EVENT));
    CHECK_OK(ptrace(PTRACE_CONT, child, NULL, NULL));
    CHECK(signal_sleeper(child, SIGTERM));
    CHECK_EQ(next_of(child), STOP(SIGTERM, 0));
    CHECK_EQ(go_on(child, PTRACE_CONT, SIGTERM), STOP(SIGTRAP, PTRACE_EVENT_EXIT));
    CHECK_EQ(go_on(child, PTRACE_CONT, 0), SIGTERM);
}

static void test_listen(void)
{
    pid_t child = child_that_pauses();
    CHECK(reaches_state(child, 'S'));
    CHECK_OK(ptrace(PTRACE_SEIZE, child, NULL, NULL));
    CHECK_OK(kill(child, SIGSTOP));
    CHECK_EQ(next_of(child), STOP(SIGSTOP, 0));
    CHECK_ERR(ptrace(PTRACE_LISTEN, child, NULL, NULL), EIO); /* not a stop of the process */
    CHECK_EQ(go_on(child, PTRACE_CONT, SIGSTOP), STOP(SIGSTOP, STOP_EVENT));
    CHECK_OK(ptrace(PTRACE_LISTEN, child, NULL, NULL));
    CHECK_ERR(ptrace(PTRACE_CONT, child, NULL, NULL), ESRCH);
    CHECK_EQ(waitpid(child, NULL, WNOHANG | __WALL), 0);
    CHECK_OK(kill(child, SIGCONT));
    CHECK_EQ(next_of(child), STOP(SIGTRAP, STOP_EVENT));
    CHECK_EQ(go_on(child, PTRACE_CONT, 0), STOP(SIGCONT, 0)); /* the signal itself */
    CHECK_OK(ptrace(PTRACE_CONT, child, NULL, (void *)SIGCONT));
    CHECK(reaches_state(child, 'S'));
    CHECK_OK(kill(child, SIGSTOP));
    CHECK_EQ(next_of(child), STOP(SIGSTOP, 0));
    CHECK_EQ(go_on(child, PTRACE_CONT, SIGSTOP), STOP(SIGSTOP, STOP_EVENT));
    CHECK_OK(ptrace(PTRACE_LISTEN, child, NULL, NULL));
    CHECK_OK(ptrace(PTRACE_INTERRUPT, child, NULL, NULL));
    CHECK_EQ(next_of(child), STOP(SIGSTOP, STOP_EVENT)); /* it still is */
    end_child(child);
}

/* ---- Parent and tracer are two ---- */

/* A process that traces another one as this says, tells when it has, and stays until it is told to
 * end. */
static pid_t tracer_of(pid_t target, long options, int hold[2])
{
    int ready[2];
    char byte;
    pipe(ready);
    pipe(hold);
    fflush(stdout);
    pid_t tracer = fork();
    if (tracer == 0) {
        close(hold[1]);
        ptrace(PTRACE_SEIZE, target, NULL, (void *)options);
        write(ready[1], "x", 1);
        read(hold[0], &byte, 1);
        _exit(0);
    }
    close(hold[0]);
    read(ready[0], &byte, 1);
    close(ready[0]);
    close(ready[1]);
    return tracer;
}

static void test_end_of_tracer(void)
{
    int hold[2];
    pid_t child = child_that_pauses(), tracer = tracer_of(child, 0, hold);
    CHECK_ERR(ptrace(PTRACE_SEIZE, child, NULL, NULL), EPERM);
    close(hold[1]);
    CHECK_EQ(next_of(tracer), 0);
    CHECK_OK(ptrace(PTRACE_SEIZE, child, NULL, NULL)); /* nobody traces it now */
    CHECK_OK(ptrace(PTRACE_INTERRUPT, child, NULL, NULL));
    CHECK_EQ(next_of(child), STOP(SIGTRAP, STOP_EVENT));
    end_child(child);

    child = child_that_pauses();
    tracer = tracer_of(child, PTRACE_O_EXITKILL, hold);
    close(hold[1]);
    CHECK_EQ(next_of(tracer), 0);
    CHECK_EQ(next_of(child), SIGKILL);

    child = child_that_pauses(); /* a signal that its tracer did not see is delivered after all */
    tracer = tracer_of(child, 0, hold);
    CHECK_OK(kill(child, SIGUSR1));
    CHECK(reaches_state(child, 't'));
    close(hold[1]);
    CHECK_EQ(next_of(tracer), 0);
    CHECK_EQ(next_of(child), SIGUSR1);
}

/* The tracer ends without having waited: its zombie is then the parent's. */
static void test_zombie_of_tracer(void)
{
    int hold[2];
    pid_t child = child_that_pauses(), tracer = tracer_of(child, 0, hold);
    CHECK_OK(kill(child, SIGKILL));
    CHECK(reaches_state(child, 'Z'));
    CHECK_EQ(waitpid(child, NULL, WNOHANG), 0);
    close(hold[1]);
    CHECK_EQ(next_of(tracer), 0);
    CHECK_EQ(next_of(child), SIGKILL);
}

/* The parent hears that its child's process has stopped, though another traces it. */
static void test_parent_sees_stop(void)
{
    int status, hold[2], ready[2];
    char byte;
    pid_t child = child_that_pauses();
    pipe(hold);
    pipe(ready);
    fflush(stdout);
    pid_t tracer = fork();
    if (tracer == 0) {
        ptrace(PTRACE_SEIZE, child, NULL, NULL);
        write(ready[1], "x", 1);
        waitpid(child, &status, __WALL);
        ptrace(PTRACE_CONT, child, NULL, (void *)SIGSTOP);
        _exit(read(hold[0], &byte, 1) == 1 ? 0 : 1);
    }
    read(ready[0], &byte, 1);
    CHECK_OK(kill(child, SIGSTOP));
    CHECK_EQ(waitpid(child, &status, WUNTRACED) == child, 1);
    CHECK_EQ(status, STOP(SIGSTOP, 0));
    write(hold[1], "x", 1);
    CHECK_EQ(next_of(tracer), 0);
    end_child(child);
}

/* ---- wait ---- */

static pid_t traced_by_thread;
static volatile int thread_saw, thread_tid;
static char stack[16384];

static int tracing_thread(void *unused)
{
    int status = 0;
    (void)unused;
    ptrace(PTRACE_SEIZE, traced_by_thread, NULL, NULL);
    ptrace(PTRACE_INTERRUPT, traced_by_thread, NULL, NULL);
    thread_tid = (int)syscall(SYS_gettid);
    while (!thread_saw)
        sleep_ms(1);
    (void)status;
    syscall(SYS_exit, 0);
    return 0;
}

/* Any thread of the tracer's process may wait; requests are for the tracer alone. */
static void test_threads_of_tracer(void)
{
    traced_by_thread = child_that_pauses();
    clone(tracing_thread, stack + sizeof stack,
          CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD | CLONE_SYSVSEM, NULL);
    while (!thread_tid)
        sleep_ms(1);
    CHECK(reaches_state(traced_by_thread, 't'));
    CHECK_EQ(next_of(traced_by_thread), STOP(SIGTRAP, STOP_EVENT));
    CHECK_ERR(ptrace(PTRACE_CONT, traced_by_thread, NULL, NULL), ESRCH);
    thread_saw = 1;
    CHECK(reaches_state(traced_by_thread, 'S')); /* the thread ended: it goes on */
    end_child(traced_by_thread);
}

static volatile int n_children;

static void count(int signal, siginfo_t *info, void *context)
{
    (void)signal, (void)context;
    n_children += info->si_code == CLD_TRAPPED && info->si_status == SIGUSR1;
}

static void test_sigchld_and_waitid(void)
{
    struct sigaction action = {.sa_sigaction = count, .sa_flags = SA_SIGINFO | SA_RESTART};
    siginfo_t info;
    pid_t child = child_that_pauses();
    CHECK(reaches_state(child, 'S'));
    CHECK_OK(ptrace(PTRACE_SEIZE, child, NULL, NULL));
    sigaction(SIGCHLD, &action, NULL);
    CHECK_OK(kill(child, SIGUSR1));
    CHECK_OK(waitid(P_PID, child, &info, WSTOPPED | WNOWAIT));
    CHECK_EQ(n_children, 1);
    CHECK_EQ(info.si_code, CLD_TRAPPED);
    CHECK_EQ(info.si_status, SIGUSR1);
    CHECK_EQ(info.si_pid, child);
    CHECK_OK(waitid(P_ALL, 0, &info, WEXITED | __WALL)); /* told whatever is asked for */
    CHECK_EQ(info.si_code, CLD_TRAPPED);
    CHECK_EQ(waitpid(child, NULL, WNOHANG | __WALL), 0);
    on(SIGCHLD, SIG_DFL, 0);
    end_child(child);
}

/* Many at once; each is told of once. */
static void test_many(void)
{
    enum { N = 50 };
    pid_t child[N];
    int n_stops = 0, n_ends = 0;
    for (int i = 0; i < N; i++) {
        child[i] = child_that_pauses();
        ptrace(PTRACE_SEIZE, child[i], NULL, NULL);
        ptrace(PTRACE_INTERRUPT, child[i], NULL, NULL);
    }
    for (int i = 0; i < N; i++) {
        pid_t id;
        n_stops += next_of_any(&id) == STOP(SIGTRAP, STOP_EVENT);
        ptrace(PTRACE_CONT, id, NULL, NULL);
    }
    CHECK_EQ(n_stops, N);
    CHECK_EQ(waitpid(-1, NULL, WNOHANG | __WALL), 0);
    for (int i = 0; i < N; i++)
        kill(child[i], SIGKILL);
    for (int i = 0; i < N; i++) {
        pid_t id;
        n_ends += next_of_any(&id) == SIGKILL;
    }
    CHECK_EQ(n_ends, N);
    CHECK_ERR(waitpid(-1, NULL, __WALL), ECHILD);
}

int main(void)
{
    test_attach();
    test_group_stop();
    test_attach_to_stopped();
    test_seize_and_interrupt();
    test_listen();
    test_end_of_tracer();
    test_zombie_of_tracer();
    test_parent_sees_stop();
    test_threads_of_tracer();
    test_sigchld_and_waitid();
    test_many();
    return check_done();
}
