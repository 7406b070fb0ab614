/* What counts for each user and not for each process: processes and threads (RLIMIT_NPROC), queued
 * signals (RLIMIT_SIGPENDING).
 * needs: procfs users settings posix */
/* SPDX-License-Identifier: MIT */
#include "helpers.h"
#include <sched.h>
#include <sys/prctl.h>
#include <sys/resource.h>

enum { MOST = 5, QUEUED = 40 }; /* a real-time signal */

static uid_t sharer, other_sharer; /* users that nobody else is meanwhile */

static int hold(void *arg)
{
    for (;;)
        syscall(SYS_pause);
    return arg == NULL;
}

static long make_thread(void)
{
    enum { OF_THREADS = CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD };
    char *stack = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return stack == MAP_FAILED ? -1 : clone(hold, stack + PAGE, OF_THREADS, NULL);
}

/* Becomes the user, who may have MOST processes and threads. */
static void become_limited(uid_t user)
{
    CHILD_REQUIRE(setrlimit(RLIMIT_NPROC, &(struct rlimit){MOST, MOST}) == 0);
    CHILD_REQUIRE(setresuid(user, user, user) == 0);
}

/* Until it is killed, or its parent has failed. */
static _Noreturn void sleep_on(void)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
    for (;;)
        pause();
}

static pid_t start_sleeper(void)
{
    pid_t pid = fork();
    if (pid == 0)
        sleep_on();
    return pid;
}

/* A process that has become this user when the call returns. */
static pid_t start_as(uid_t real, uid_t effective)
{
    int ready[2];
    char c;
    CHILD_REQUIRE(pipe(ready) == 0);
    pid_t pid = fork();
    if (pid == 0) {
        if (setresuid(real, effective, 0) || write(ready[1], "", 1) != 1)
            _exit(1);
        sleep_on();
    }
    close(ready[1]);
    CHILD_REQUIRE(read(ready[0], &c, 1) == 1);
    close(ready[0]);
    return pid;
}

static void end_sleeper(pid_t pid)
{
    kill(pid, SIGKILL);
    waitpid(pid, NULL, 0);
}

static void check_processes(void)
{
    CHECK_CHILD("threads count like processes", {
        become_limited(sharer);
        CHILD_REQUIRE(make_thread() > 0);
        CHILD_REQUIRE(make_thread() > 0);
        pid_t first = start_sleeper();
        CHILD_REQUIRE(first > 0 && start_sleeper() > 0);
        CHILD_REQUIRE(fork() == -1 && errno == EAGAIN);
        CHILD_REQUIRE(make_thread() == -1 && errno == EAGAIN);
        end_sleeper(first);
        CHILD_REQUIRE(make_thread() > 0);
        CHILD_REQUIRE(fork() == -1 && errno == EAGAIN);
        kill(-1, SIGKILL); /* all of the user but this one */
        while (wait(NULL) > 0)
            ;
    });
    CHECK_CHILD("one that has ended counts until it is waited for", {
        become_limited(sharer);
        pid_t pids[MOST - 1];
        for (int i = 0; i < MOST - 1; i++)
            CHILD_REQUIRE((pids[i] = start_sleeper()) > 0);
        siginfo_t info;
        for (int i = 0; i < MOST - 1; i++) {
            kill(pids[i], SIGKILL);
            CHILD_REQUIRE(waitid(P_PID, pids[i], &info, WEXITED | WNOWAIT) == 0);
        }
        CHILD_REQUIRE(fork() == -1 && errno == EAGAIN);
        CHILD_REQUIRE(waitpid(pids[0], NULL, 0) == pids[0]);
        end_sleeper(start_sleeper());
        while (wait(NULL) > 0)
            ;
    });
    CHECK_CHILD("what a program started before exec does not count after it", {
        become_limited(sharer);
        for (int i = 0; i < MOST - 1; i++)
            CHILD_REQUIRE(make_thread() > 0);
        CHILD_REQUIRE(make_thread() == -1 && errno == EAGAIN);
        execl("/proc/self/exe", "share", "after-exec", (char *)NULL);
        _exit(1);
    });
}

/* Run by exec above: the threads of before are gone. */
static int after_exec(void)
{
    for (int i = 0; i < MOST - 1; i++)
        CHILD_REQUIRE(make_thread() > 0);
    CHILD_REQUIRE(make_thread() == -1 && errno == EAGAIN);
    return 0;
}

static void check_change(void)
{
    CHECK_CHILD("the real user counts, also after it has changed", {
        CHILD_REQUIRE(setrlimit(RLIMIT_NPROC, &(struct rlimit){MOST, MOST}) == 0);
        pid_t pids[MOST];
        for (int i = 0; i < MOST; i++)
            pids[i] = start_as(sharer, other_sharer);
        CHILD_REQUIRE(setresuid(sharer, sharer, 0) == 0); /* setuid does not fail ... */
        CHILD_REQUIRE(fork() == -1 && errno == EAGAIN);   /* ... but this does */
        CHILD_REQUIRE(seteuid(0) == 0 && setresuid(other_sharer, other_sharer, 0) == 0);
        pid_t pid = start_sleeper();
        CHILD_REQUIRE(pid > 0);
        CHILD_REQUIRE(setresuid(0, 0, 0) == 0);
        end_sleeper(pid);
        for (int i = 0; i < MOST; i++)
            end_sleeper(pids[i]);
    });
}

/* A program that gives up root's rights does not expect to be refused: the exec after it is. */
static void check_exec_over(void)
{
    CHECK_CHILD("exec of who has come over the limit by setuid", {
        CHILD_REQUIRE(setrlimit(RLIMIT_NPROC, &(struct rlimit){MOST, MOST}) == 0);
        pid_t pids[MOST + 1];
        for (int i = 0; i < MOST + 1; i++)
            pids[i] = start_as(sharer, sharer);
        CHILD_REQUIRE(setresuid(sharer, sharer, 0) == 0);
        CHILD_REQUIRE(execl("/proc/self/exe", "share", "too-early", (char *)NULL) == -1);
        CHILD_REQUIRE(errno == EAGAIN);
        CHILD_REQUIRE(setresuid(0, 0, 0) == 0);
        for (int i = 0; i < MOST + 1; i++)
            end_sleeper(pids[i]);
        CHILD_REQUIRE(setresuid(sharer, sharer, sharer) == 0);
        execl("/proc/self/exe", "share", "nothing", (char *)NULL);
        _exit(1);
    });
}

static int queue_one(pid_t pid)
{
    siginfo_t info = {.si_code = SI_QUEUE};
    return (int)syscall(SYS_rt_sigqueueinfo, pid, QUEUED, &info);
}

static void check_signals(void)
{
    CHECK_CHILD("queued signals of all processes count together", {
        sigset_t all;
        sigfillset(&all);
        sigprocmask(SIG_BLOCK, &all, NULL);
        CHILD_REQUIRE(setrlimit(RLIMIT_SIGPENDING, &(struct rlimit){4, 4}) == 0);
        CHILD_REQUIRE(setresuid(sharer, sharer, sharer) == 0);
        pid_t a = start_sleeper(), b = start_sleeper();
        CHILD_REQUIRE(queue_one(a) == 0 && queue_one(a) == 0);
        CHILD_REQUIRE(queue_one(b) == 0 && queue_one(getpid()) == 0);
        CHILD_REQUIRE(queue_one(a) == -1 && errno == EAGAIN);
        CHILD_REQUIRE(queue_one(getpid()) == -1 && errno == EAGAIN);
        CHILD_REQUIRE(syscall(SYS_rt_sigtimedwait, &all, NULL, NULL, 8) == QUEUED);
        CHILD_REQUIRE(queue_one(b) == 0);
        CHILD_REQUIRE(queue_one(b) == -1 && errno == EAGAIN);
        end_sleeper(a); /* and its signals with it */
        CHILD_REQUIRE(syscall(SYS_rt_sigtimedwait, &all, NULL, NULL, 8) == SIGCHLD);
        CHILD_REQUIRE(queue_one(b) == 0 && queue_one(b) == 0);
        CHILD_REQUIRE(queue_one(b) == -1 && errno == EAGAIN);
        CHILD_REQUIRE(kill(b, SIGUSR1) == 0); /* there is always room for one of these */
        end_sleeper(b);
    });
}

int main(int argc, char **argv)
{
    if (argc > 1)
        return strcmp(argv[1], "after-exec") == 0 ? after_exec() : strcmp(argv[1], "nothing") != 0;
    sharer = 100000 + 2 * (uid_t)getpid();
    other_sharer = sharer + 1;
    if (as_root("shares of users")) {
        check_processes();
        check_change();
        check_exec_over();
        check_signals();
    }
    return check_done();
}
