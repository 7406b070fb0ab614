/* Programs started in a child: os.spawnv and its family, os.posix_spawn, os.system, os.popen. The
 * program runs itself again to exit with a number, to end by a signal, or to look around.
 * needs: procfs */
/* SPDX-License-Identifier: MIT */
#include "check.h"
#include <os.h>

static char self[PATH_MAX], buffer[200000];

/* In the new program: what argv[1] says. */
static int act(int argc, char **argv)
{
    if (strcmp(argv[1], "exit") == 0)
        return atoi(argv[2]);
    if (strcmp(argv[1], "signal") == 0)
        raise(atoi(argv[2]));
    if (strcmp(argv[1], "variable") == 0)
        return atoi(os.getenv("OUROS_TEST", "99"));
    if (strcmp(argv[1], "count") == 0)
        return argc;
    if (strcmp(argv[1], "pause") == 0)
        pause();
    return 98;
}

static int reap(pid_t pid)
{
    return pid <= 0 ? INT_MIN : os.waitstatus_to_exitcode(os.waitpid(pid, 0).status);
}

static void check_spawn(void)
{
    char *const exit7[] = {"spawn", "exit", "7", NULL}, *const by_signal[] = {"spawn", "signal",
                                                                              "10", NULL};
    char *const variable[] = {"spawn", "variable", NULL}, *const none[] = {NULL};
    char *const unnamed[] = {"", NULL}, *const env[] = {"OUROS_TEST=21", "PATH=bin", NULL};
    CHECK_EQ(os.spawnv(P_WAIT, self, exit7), 7);
    CHECK_EQ(os.spawnv(P_WAIT, self, by_signal), -SIGUSR1);
    pid_t pid = os.spawnv(P_NOWAIT, self, exit7);
    CHECK(pid > 0);
    CHECK_EQ(reap(pid), 7);
    CHECK_EQ(P_NOWAITO, P_NOWAIT);
    CHECK_EQ(os.spawnv(P_WAIT, "missing", exit7), 127);
    CHECK_ERR(os.spawnv(99, self, exit7), EINVAL);
    CHECK_ERR(os.spawnv(P_WAIT, self, none), EINVAL);
    CHECK_ERR(os.spawnv(P_WAIT, self, unnamed), EINVAL);
    os.putenv("OUROS_TEST", "20");
    CHECK_EQ(os.spawnv(P_WAIT, self, variable), 20);
    CHECK_EQ(os.spawnve(P_WAIT, self, variable, env), 21);
    CHECK_EQ(os.spawnl(P_WAIT, self, "spawn", "count", "3", "4", NULL), 4);
    CHECK_EQ(os.spawnle(P_WAIT, self, "spawn", "variable", NULL, env), 21);
    os.putenv("PATH", "bin:/bin:/usr/bin");
    CHECK_EQ(os.spawnvp(P_WAIT, "again", exit7), 7);
    CHECK_EQ(os.spawnvp(P_WAIT, "not-there", exit7), 127);
    CHECK_EQ(os.spawnvpe(P_WAIT, "again", variable, env), 21);
    CHECK_EQ(os.spawnlp(P_WAIT, "again", "spawn", "exit", "8", NULL), 8);
    CHECK_EQ(os.spawnlpe(P_WAIT, "again", "spawn", "variable", NULL, env), 21);
    pid = os.spawnlp(P_NOWAIT, "again", "spawn", "pause", NULL);
    CHECK_OK(os.kill(pid, SIGTERM));
    CHECK_EQ(reap(pid), -SIGTERM);
    CHECK_ERR(os.waitpid(-1, 0).pid, ECHILD); /* P_WAIT left no child behind */
}

static void check_posix_spawn(void)
{
    char *const exit7[] = {"spawn", "exit", "7", NULL}, *const variable[] = {"spawn", "variable",
                                                                             NULL};
    char *const env[] = {"OUROS_TEST=22", "PATH=/nowhere", NULL}, *const none[] = {NULL};
    pid_t pid = os.posix_spawn(self, exit7, env);
    CHECK(pid > 0);
    CHECK_EQ(reap(pid), 7);
    CHECK_EQ(reap(os.posix_spawn(self, variable, env)), 22);
    CHECK_EQ(reap(os.posix_spawn(self, variable, NULL)), 20);
    CHECK_EQ(reap(os.posix_spawnp("again", exit7, env)), 7); /* by our PATH, not by env's */
    CHECK_ERR(os.posix_spawn("missing", exit7, env), ENOENT);
    CHECK_ERR(os.posix_spawn(".", exit7, env), EACCES);
    CHECK_ERR(os.posix_spawnp("not-there", exit7, env), ENOENT);
    CHECK_ERR(os.posix_spawn(self, none, env), EINVAL);
    CHECK_ERR(os.waitpid(-1, 0).pid, ECHILD); /* a program that could not start is no child */
}

static void check_shell(void)
{
    if (!os.access("/bin/sh", X_OK)) {
        SKIP("os.system and os.popen", "there is no /bin/sh");
        return;
    }
    CHECK_EQ(os.waitstatus_to_exitcode(os.system("exit 3")), 3);
    CHECK_EQ(os.system("true"), 0);
    CHECK_EQ(os.waitstatus_to_exitcode(os.system("kill -9 $$")), -9);
    CHECK_EQ(os.waitstatus_to_exitcode(os.system("no-such-command-at-all 2>/dev/null")), 127);
    CHECK_EQ(os.system("echo text > written; cd bin"), 0);
    CHECK_EQ(os.path.getsize("written"), 5);

    FILE *file = os.popen("echo one; echo two; exit 4", "r");
    CHECK(file && fgets(buffer, sizeof buffer, file) && !strcmp(buffer, "one\n"));
    CHECK(fgets(buffer, sizeof buffer, file) && !strcmp(buffer, "two\n"));
    CHECK(!fgets(buffer, sizeof buffer, file));
    CHECK_EQ(os.waitstatus_to_exitcode(os.pclose(file)), 4);
    file = os.popen("echo default", NULL);
    CHECK(file && fgets(buffer, sizeof buffer, file) && !strcmp(buffer, "default\n"));
    CHECK_EQ(os.pclose(file), 0);
    file = os.popen("cat > received", "w");
    memset(buffer, 'x', sizeof buffer);
    CHECK_EQ(fwrite(buffer, 1, sizeof buffer, file), sizeof buffer);
    CHECK_EQ(os.pclose(file), 0);
    CHECK_EQ(os.path.getsize("received"), sizeof buffer);
    CHECK_NULL_ERR(os.popen("true", "rw"), EINVAL);
    file = os.popen("kill -15 $$", "r");
    CHECK_EQ(os.waitstatus_to_exitcode(os.pclose(file)), -15);
    FILE *a = os.popen("cat", "w"),
         *b = os.popen("exit 6", "r"); /* b's child must not hold a's pipe */
    CHECK_EQ(os.pclose(a), 0);
    CHECK_EQ(os.waitstatus_to_exitcode(os.pclose(b)), 6);
    CHECK_ERR(os.waitpid(-1, 0).pid, ECHILD);
}

int main(int argc, char **argv)
{
    if (argc > 1)
        return act(argc, argv);
    ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);
    CHECK(n > 0);
    CHECK_OK(os.mkdir("bin", 0777));
    CHECK_OK(os.symlink(self, "bin/again"));
    check_spawn();
    check_posix_spawn();
    check_shell();
    return check_done();
}
