/* ptrace: events of fork, vfork, clone, exec and exit; children and threads that are traced from
 * their birth; whose end wait tells, and when the parent hears of it.
 * needs: ptrace posix */
/* SPDX-License-Identifier: MIT */
#include "tracing.h"
#include <sched.h>

static int code_of(int status)
{
    return status >> 8;
}

static void options(pid_t pid, long set)
{
    if (ptrace(PTRACE_SETOPTIONS, pid, NULL, (void *)set) < 0)
        NOTE("options %lx: %s", set, strerror(errno));
}

static void fork_and_wait(void)
{
    int status;
    pid_t child = fork();
    if (child == 0)
        _exit(8);
    while (waitpid(child, &status, 0) < 0 && errno == EINTR)
        ;
    _exit(status >> 8);
}

/* The parent's event and the child's first stop come in either order. */
static pid_t born(pid_t parent, int event, int *first_stop)
{
    pid_t child = 0;
    for (int i = 0; i < 2; i++) {
        pid_t id;
        int status = next_of_any(&id);
        if (id == parent && status == STOP(SIGTRAP, event))
            child = (pid_t)message_of(parent);
        else
            *first_stop = status;
    }
    return child;
}

static void test_fork(void)
{
    int first = 0;
    siginfo_t info;
    pid_t parent = traced_child(fork_and_wait);
    options(parent, PTRACE_O_TRACEFORK);
    CHECK_OK(ptrace(PTRACE_CONT, parent, NULL, NULL));
    pid_t child = born(parent, PTRACE_EVENT_FORK, &first);
    CHECK(child > 0);
    CHECK_EQ(first, STOP(SIGSTOP, 0));
    CHECK_OK(ptrace(PTRACE_GETSIGINFO, parent, NULL, &info));
    CHECK_EQ(info.si_code, SIGTRAP | PTRACE_EVENT_FORK << 8);
    CHECK_EQ(registers_of(child).rax, 0);
    CHECK_OK(ptrace(PTRACE_CONT, parent, NULL, NULL));
    CHECK(reaches_state(parent, 'S')); /* it waits for a child that has not ended */
    CHECK_OK(ptrace(PTRACE_CONT, child, NULL, NULL));
    CHECK_EQ(next_of(child), EXITED(8)); /* the tracer first, then the parent */
    CHECK_EQ(next_of(parent), STOP(SIGCHLD, 0));
    CHECK_EQ(go_on(parent, PTRACE_CONT, SIGCHLD), EXITED(8));
}

/* A zombie is its parent's only when the tracer has waited for it. */
static void test_hidden_zombie(void)
{
    int first;
    pid_t parent = traced_child(fork_and_wait);
    options(parent, PTRACE_O_TRACEFORK);
    CHECK_OK(ptrace(PTRACE_CONT, parent, NULL, NULL));
    pid_t child = born(parent, PTRACE_EVENT_FORK, &first);
    CHECK_OK(ptrace(PTRACE_CONT, parent, NULL, NULL));
    CHECK_OK(ptrace(PTRACE_CONT, child, NULL, NULL));
    CHECK(reaches_state(child, 'Z'));
    CHECK(reaches_state(parent, 'S'));
    siginfo_t info;
    CHECK_OK(waitid(P_PID, child, &info, WEXITED | WNOWAIT));
    CHECK_EQ(info.si_code, CLD_EXITED);
    CHECK_EQ(info.si_status, 8);
    CHECK_EQ(state_of(parent), 'S');
    CHECK_EQ(next_of(child), EXITED(8));
    CHECK_EQ(next_of(parent), STOP(SIGCHLD, 0));
    CHECK_EQ(go_on(parent, PTRACE_CONT, SIGCHLD), EXITED(8));
    CHECK_ERR(waitpid(child, NULL, __WALL), ECHILD);
}

static void test_untraced_fork(void)
{
    pid_t parent = traced_child(fork_and_wait);
    CHECK_OK(ptrace(PTRACE_CONT, parent, NULL, NULL));
    CHECK_EQ(next_of(parent), STOP(SIGCHLD, 0));
    CHECK_EQ(go_on(parent, PTRACE_CONT, SIGCHLD), EXITED(8));
}

static void vfork_and_exec(void)
{
    char *argv[] = {"/proc/self/exe", "exits", NULL}, *envp[] = {NULL};
    int status;
    pid_t child = vfork();
    if (child == 0) {
        execve(argv[0], argv, envp);
        _exit(1);
    }
    while (waitpid(child, &status, 0) < 0 && errno == EINTR)
        ;
    _exit(code_of(status));
}

static void test_vfork_and_exec(void)
{
    int first = 0;
    pid_t parent = traced_child(vfork_and_exec);
    options(parent, PTRACE_O_TRACEVFORK | PTRACE_O_TRACEEXEC | PTRACE_O_TRACEVFORKDONE);
    CHECK_OK(ptrace(PTRACE_CONT, parent, NULL, NULL));
    pid_t child = born(parent, PTRACE_EVENT_VFORK, &first);
    CHECK(child > 0);
    CHECK_EQ(first, STOP(SIGSTOP, 0));
    CHECK_OK(ptrace(PTRACE_CONT, parent, NULL, NULL));
    CHECK_EQ(go_on(child, PTRACE_CONT, 0), STOP(SIGTRAP, PTRACE_EVENT_EXEC));
    CHECK_EQ(message_of(child), child);
    CHECK_EQ(next_of(parent), STOP(SIGTRAP, PTRACE_EVENT_VFORK_DONE));
    CHECK_EQ(message_of(parent), child);
    CHECK_EQ(go_on(child, PTRACE_CONT, 0), EXITED(11));
    CHECK_OK(ptrace(PTRACE_CONT, parent, NULL, NULL));
    CHECK_EQ(next_of(parent), STOP(SIGCHLD, 0));
    CHECK_EQ(go_on(parent, PTRACE_CONT, SIGCHLD), EXITED(11));
}

static void just_exit(void)
{
    _exit(9);
}

static void die(void)
{
    raise(SIGTERM);
}

static void test_exit(void)
{
    pid_t child = traced_child(just_exit);
    options(child, PTRACE_O_TRACEEXIT);
    CHECK_EQ(go_on(child, PTRACE_CONT, 0), STOP(SIGTRAP, PTRACE_EVENT_EXIT));
    CHECK_EQ(message_of(child), EXITED(9));
    CHECK_EQ(go_on(child, PTRACE_CONT, 0), EXITED(9));
    child = traced_child(die);
    options(child, PTRACE_O_TRACEEXIT);
    CHECK_EQ(go_on(child, PTRACE_CONT, 0), STOP(SIGTERM, 0));
    CHECK_EQ(go_on(child, PTRACE_CONT, SIGTERM), STOP(SIGTRAP, PTRACE_EVENT_EXIT));
    CHECK_EQ(message_of(child), SIGTERM);
    CHECK_EQ(go_on(child, PTRACE_CONT, 0), SIGTERM);
    child = traced_child(just_exit); /* no signal counts any more */
    options(child, PTRACE_O_TRACEEXIT);
    CHECK_EQ(go_on(child, PTRACE_CONT, 0), STOP(SIGTRAP, PTRACE_EVENT_EXIT));
    CHECK_OK(kill(child, SIGKILL));
    CHECK_EQ(state_of(child), 't');
    CHECK_EQ(go_on(child, PTRACE_CONT, 0), EXITED(9));
}

/* ---- Threads ---- */

static char stack[2][16384];

static int thread_exits(void *unused)
{
    (void)unused;
    syscall(SYS_exit, 12);
    return 0;
}

static int thread_pauses(void *unused)
{
    (void)unused;
    for (;;)
        pause();
    return 0;
}

static int thread_execs(void *unused)
{
    (void)unused;
    char *argv[] = {"/proc/self/exe", "exits", NULL}, *envp[] = {NULL};
    execve(argv[0], argv, envp);
    return 0;
}

static int start_thread(int (*run)(void *), char *at)
{
    return clone(run, at + sizeof stack[0],
                 CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD | CLONE_SYSVSEM,
                 NULL);
}

static void with_exiting_thread(void)
{
    start_thread(thread_exits, stack[0]);
    raise(SIGUSR1);
    _exit(3);
}

static void with_pausing_thread(void)
{
    start_thread(thread_pauses, stack[0]);
    raise(SIGUSR1);
    _exit(3);
}

static void with_executing_thread(void)
{
    start_thread(thread_execs, stack[0]);
    thread_pauses(NULL);
}

static void test_thread(void)
{
    int first = 0;
    pid_t process = traced_child(with_exiting_thread);
    options(process, PTRACE_O_TRACECLONE);
    CHECK_OK(ptrace(PTRACE_CONT, process, NULL, NULL));
    pid_t thread = born(process, PTRACE_EVENT_CLONE, &first);
    CHECK(thread > process);
    CHECK_EQ(first, STOP(SIGSTOP, 0));
    CHECK_EQ(go_on(thread, PTRACE_CONT, 0), EXITED(12)); /* its own end, and its number is free */
    CHECK_ERR(waitpid(thread, NULL, __WALL), ECHILD);
    CHECK_EQ(go_on(process, PTRACE_CONT, 0), STOP(SIGUSR1, 0));
    CHECK_EQ(go_on(process, PTRACE_CONT, 0), EXITED(3));
}

/* All threads end with the process, and each is told of. */
static void test_end_of_threads(void)
{
    int first = 0;
    pid_t process = traced_child(with_pausing_thread);
    options(process, PTRACE_O_TRACECLONE);
    CHECK_OK(ptrace(PTRACE_CONT, process, NULL, NULL));
    pid_t thread = born(process, PTRACE_EVENT_CLONE, &first);
    CHECK_OK(ptrace(PTRACE_CONT, thread, NULL, NULL));
    CHECK_EQ(go_on(process, PTRACE_CONT, 0), STOP(SIGUSR1, 0));
    CHECK_OK(ptrace(PTRACE_CONT, process, NULL, NULL));
    CHECK_EQ(next_of(thread), EXITED(3));
    CHECK_EQ(next_of(process), EXITED(3));
    process = traced_child(with_pausing_thread); /* killed while both have stopped */
    options(process, PTRACE_O_TRACECLONE);
    CHECK_OK(ptrace(PTRACE_CONT, process, NULL, NULL));
    thread = born(process, PTRACE_EVENT_CLONE, &first);
    CHECK_OK(kill(process, SIGKILL));
    CHECK_EQ(next_of(thread), SIGKILL);
    CHECK_EQ(next_of(process), SIGKILL);
}

/* exec by a thread: it takes the process's number, and the first thread is not heard of again. */
static void test_exec_by_thread(void)
{
    int first = 0;
    pid_t process = traced_child(with_executing_thread);
    options(process, PTRACE_O_TRACECLONE | PTRACE_O_TRACEEXEC);
    CHECK_OK(ptrace(PTRACE_CONT, process, NULL, NULL));
    pid_t thread = born(process, PTRACE_EVENT_CLONE, &first);
    CHECK_OK(ptrace(PTRACE_CONT, process, NULL, NULL));
    CHECK(reaches_state(process, 'S'));
    CHECK_OK(ptrace(PTRACE_CONT, thread, NULL, NULL));
    CHECK_EQ(next_of(process), STOP(SIGTRAP, PTRACE_EVENT_EXEC));
    CHECK_EQ(message_of(process), thread);
    CHECK_EQ(go_on(process, PTRACE_CONT, 0), EXITED(11));
    CHECK_ERR(waitpid(-1, NULL, __WALL), ECHILD);
}

/* A child by clone with a signal of its own: an event of clone; wait needs no __WCLONE for it. */
static void clone_without_signal(void)
{
    if (clone_here(0, NULL, NULL) == 0)
        _exit(2);
    raise(SIGUSR1);
    _exit(3);
}

static void test_clone(void)
{
    int first = 0;
    pid_t parent = traced_child(clone_without_signal);
    options(parent, PTRACE_O_TRACECLONE);
    CHECK_OK(ptrace(PTRACE_CONT, parent, NULL, NULL));
    pid_t child = born(parent, PTRACE_EVENT_CLONE, &first);
    int status = -1;
    CHECK_OK(ptrace(PTRACE_CONT, child, NULL, NULL));
    CHECK_EQ(waitpid(child, &status, 0) == child, 1);
    CHECK_EQ(status, EXITED(2));
    CHECK_EQ(go_on(parent, PTRACE_CONT, 0), STOP(SIGUSR1, 0));
    CHECK_EQ(go_on(parent, PTRACE_CONT, 0), EXITED(3));
}

int main(int argc, char **argv)
{
    (void)argv;
    if (argc > 1)
        return 11;
    test_fork();
    test_hidden_zombie();
    test_untraced_fork();
    test_vfork_and_exec();
    test_exit();
    test_thread();
    test_end_of_threads();
    test_exec_by_thread();
    test_clone();
    return check_done();
}
