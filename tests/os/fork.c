/* os.fork and os.wait: what a child inherits, and what its parent is told. */
/* SPDX-License-Identifier: MIT */
#include "check.h"
#include <os.h>
#include <signal.h>

static void on_signal(int number)
{
    (void)number;
}

static void check_inherited(void)
{
    int fd = os.open("data", O_RDWR | O_CREAT, 0666);
    CHECK_EQ(os.write(fd, "0123456789", 10), 10);
    CHECK_EQ(os.lseek(fd, 2, SEEK_SET), 2);
    CHECK_OK(os.mkdir("sub", 0777));
    CHECK_OK(os.putenv("OUROS_TEST", "inherited"));
    os.umask(035);
    signal(SIGUSR1, on_signal);
    signal(SIGUSR2, SIG_IGN);
    char *cwd = os.getcwd();
    pid_t parent = os.getpid();
    static int memory = 1;

    CHECK_CHILD("inherits", {
        char byte;
        struct sigaction action;
        char *here = os.getcwd();
        CHILD_REQUIRE(strcmp(here, cwd) == 0);
        CHILD_REQUIRE(os.getppid() == parent && os.getpid() != parent);
        CHILD_REQUIRE(strcmp(os.getenv("OUROS_TEST", ""), "inherited") == 0);
        CHILD_REQUIRE(os.umask(0) == 035);
        CHILD_REQUIRE(os.read(fd, &byte, 1) == 1 && byte == '2');
        CHILD_REQUIRE(sigaction(SIGUSR1, NULL, &action) == 0 && action.sa_handler == on_signal);
        CHILD_REQUIRE(sigaction(SIGUSR2, NULL, &action) == 0 && action.sa_handler == SIG_IGN);
        CHILD_REQUIRE(memory == 1);
        memory = 2;
        os.putenv("OUROS_TEST", "changed");
        CHILD_REQUIRE(os.chdir("sub") == 0);
    });
    CHECK_EQ(memory, 1);
    CHECK_EQ(os.lseek(fd, 0, SEEK_CUR), 3); /* the offset is shared */
    CHECK_STR(os.getenv("OUROS_TEST", ""), "inherited");
    char *after = os.getcwd();
    CHECK_STR(after, cwd);
    CHECK_EQ(os.umask(022), 035);
    free(cwd);
    free(after);
    os.close(fd);
}

static void check_wait(void)
{
    struct os_wait_result none = os.wait();
    CHECK(none.pid == -1 && errno == ECHILD);
    pid_t child = os.fork();
    if (child == 0)
        os._exit(7);
    struct os_wait_result result = os.wait();
    CHECK_EQ(result.pid, child);
    CHECK_EQ(os.waitstatus_to_exitcode(result.status), 7);

    child = os.fork();
    if (child == 0)
        for (;;)
            pause();
    result = os.waitpid(child, WNOHANG);
    CHECK_EQ(result.pid, 0);
    CHECK_OK(os.kill(child, SIGTERM));
    result = os.waitpid(child, 0);
    CHECK_EQ(result.pid, child);
    CHECK_EQ(os.waitstatus_to_exitcode(result.status), -SIGTERM);
    result = os.waitpid(child, 0);
    CHECK(result.pid == -1 && errno == ECHILD);

    child = os.fork();
    if (child == 0) {
        raise(SIGSTOP);
        os._exit(255);
    }
    result = os.waitpid(child, WUNTRACED);
    CHECK(WIFSTOPPED(result.status) && WSTOPSIG(result.status) == SIGSTOP);
    errno = 0;
    CHECK_EQ(os.waitstatus_to_exitcode(result.status), INT_MIN);
    CHECK_EQ(errno, EINVAL);
    CHECK_OK(os.kill(child, SIGCONT));
    result = os.waitpid(child, 0);
    CHECK_EQ(os.waitstatus_to_exitcode(result.status), 255);
}

/* Many at once, reaped in any order; each exactly once. */
static void check_many(void)
{
    enum { CHILDREN = 100 };
    int sum = 0, n = 0;
    for (int i = 0; i < CHILDREN; i++)
        if (os.fork() == 0)
            os._exit(i);
    for (struct os_wait_result r; (r = os.wait()).pid > 0; n++)
        sum += os.waitstatus_to_exitcode(r.status);
    CHECK_EQ(n, CHILDREN);
    CHECK_EQ(sum, CHILDREN * (CHILDREN - 1) / 2);
    CHECK_EQ(errno, ECHILD);
}

int main(void)
{
    check_wait();
    check_inherited();
    check_many();
    return check_done();
}
