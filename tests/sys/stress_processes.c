/* Processes under load: fork, exec, stop, go on, kill, wait and look at /proc, all at once.
 * needs: procfs */
/* SPDX-License-Identifier: MIT */
#include "helpers.h"

/* The exit status of what many children do at the same time: all 0. */
static int n_bad(int workers, int (*work)(int))
{
    int bad = 0;
    fflush(stdout);
    for (int i = 0; i < workers; i++)
        if (fork() == 0)
            _exit(work(i) != 0);
    for (int status; wait(&status) > 0;)
        bad += status != 0;
    return bad;
}

static int fork_and_exec(int worker)
{
    char number[16];
    for (volatile int i = 0; i < 12; i++) {
        snprintf(number, sizeof number, "%d", (worker + i) % 100);
        pid_t child = i % 3 ? fork() : vfork();
        if (child == 0) {
            execl("/proc/self/exe", "stress", number, NULL);
            _exit(200);
        }
        if (status_of(child) != (worker + i) % 100 << 8)
            return 1;
    }
    return 0;
}

/* Children, busy or asleep, that are stopped and let go some times, then killed. */
static int stop_and_go(int worker)
{
    for (int i = 0; i < 6; i++) {
        int status;
        pid_t child = fork();
        if (child == 0)
            for (;;)
                i % 3 ? pause() : getppid();
        for (int n = 0; n < 3 + worker % 3; n++) {
            kill(child, SIGSTOP);
            if (waitpid(child, &status, WUNTRACED) != child || !WIFSTOPPED(status))
                return 1;
            kill(child, SIGCONT);
            if (waitpid(child, &status, WCONTINUED) != child || !WIFCONTINUED(status))
                return 2;
        }
        kill(child, SIGKILL);
        if (status_of(child) != SIGKILL)
            return 3;
    }
    return 0;
}

/* Kills children at any moment of fork, exec, exit and exchange of signals. */
static int kill_early(int worker)
{
    for (int i = 0; i < 8; i++) {
        pid_t child = fork();
        if (child == 0) {
            setpgid(0, 0);
            for (;;) {
                pid_t grandchild = fork();
                if (grandchild == 0) {
                    execl("/proc/self/exe", "stress", "1", NULL);
                    _exit(1);
                }
                if (grandchild > 0)
                    waitpid(grandchild, NULL, 0);
            }
        }
        setpgid(child, child);
        for (volatile int n = (worker * 7919 + i * 104729) % 300000; n > 0; n--)
            ;
        kill(-child, SIGKILL);
        if (status_of(child) != SIGKILL)
            return 1;
    }
    return 0;
}

/* Looks at all that /proc shows of all processes, which come and go meanwhile. */
static int look(int worker)
{
    static const char *const files[] = {"stat",    "status", "cmdline", "maps",
                                        "environ", "statm",  "comm",    "limits"};
    char path[64], text[4096];
    (void)worker;
    for (int round = 0; round < 3; round++) {
        DIR *proc = opendir("/proc");
        bool self = false;
        for (struct dirent *e; (e = readdir(proc));) {
            if (e->d_name[0] < '0' || e->d_name[0] > '9')
                continue;
            self |= atoi(e->d_name) == getpid();
            if (atoi(e->d_name) < getpid() - 500)
                continue; /* those that have no part in this */
            for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
                snprintf(path, sizeof path, "/proc/%.10s/%s", e->d_name, files[i]);
                int fd = open(path, O_RDONLY);
                while (fd >= 0 && read(fd, text, sizeof text) > 0)
                    ;
                if (fd >= 0)
                    close(fd);
            }
            snprintf(path, sizeof path, "/proc/%.10s/exe", e->d_name);
            (void)!readlink(path, text, sizeof text);
        }
        closedir(proc);
        if (!self)
            return 1;
    }
    return 0;
}

static int mixed(int worker)
{
    switch (worker % 4) {
    case 0: return fork_and_exec(worker);
    case 1: return stop_and_go(worker);
    case 2: return kill_early(worker);
    default: return look(worker);
    }
}

/* Parents that end before their children, generation after generation. */
static int orphans(int worker)
{
    if (worker >= 60)
        return 0;
    for (int i = 0; i < 3; i++) {
        pid_t child = fork();
        if (child == 0) {
            pid_t grandchild = fork();
            if (grandchild == 0)
                _exit(orphans(worker + 20));
            _exit(grandchild < 0);
        }
        if (status_of(child) != 0)
            return 1;
    }
    return 0;
}

int main(int argc, char **argv)
{
    if (argc == 2)
        return atoi(argv[1]);
    CHECK_EQ(n_bad(6, fork_and_exec), 0);
    CHECK_EQ(n_bad(4, stop_and_go), 0);
    CHECK_EQ(n_bad(4, kill_early), 0);
    CHECK_EQ(n_bad(4, look), 0);
    CHECK_EQ(n_bad(8, mixed), 0);
    CHECK_EQ(n_bad(3, orphans), 0);
    CHECK_ERR(wait(NULL), ECHILD);
    return check_done();
}
