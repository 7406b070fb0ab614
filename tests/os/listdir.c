/* os.listdir: what the contract says must hold, also while entries come and go. */
/* SPDX-License-Identifier: MIT */
#include "check.h"
#include <os.h>

static size_t count(char **names)
{
    size_t n = 0;
    while (names && names[n])
        n++;
    return n;
}

static int times_listed(char **names, const char *name)
{
    int n = 0;
    for (; names && *names; names++)
        n += strcmp(*names, name) == 0;
    return n;
}

static void make_files(const char *dir, const char *prefix, int n)
{
    char path[64];
    for (int i = 0; i < n; i++) {
        snprintf(path, sizeof path, "%s/%s%d", dir, prefix, i);
        os.close(os.open(path, O_WRONLY | O_CREAT, 0666));
    }
}

/* In a child: makes and removes entries in dir until killed. */
static void churn(const char *dir)
{
    char path[64];
    for (unsigned i = 0;; i++) {
        snprintf(path, sizeof path, "%s/churn%u", dir, i % 50);
        if (os.remove(path) < 0)
            os.close(os.open(path, O_WRONLY | O_CREAT, 0666));
    }
}

/* 300 entries that stay are listed exactly once while others come and go. */
static void check_stable(void)
{
    enum { STAY = 300, ROUNDS = 30 };
    os.mkdir("busy", 0777);
    make_files("busy", "stay", STAY);
    pid_t child = os.fork();
    if (child == 0)
        churn("busy");
    int wrong = 0;
    for (int round = 0; round < ROUNDS; round++) {
        char **names = os.listdir("busy"), name[16];
        for (int i = 0; i < STAY; i++) {
            snprintf(name, sizeof name, "stay%d", i);
            wrong += times_listed(names, name) != 1;
        }
        free(names);
        os.sched_yield();
    }
    os.kill(child, SIGKILL);
    os.waitpid(child, 0);
    CHECK_EQ(wrong, 0);
}

int main(void)
{
    CHECK_OK(os.mkdir("d", 0777));
    char **names = os.listdir("d");
    CHECK(names != NULL);
    CHECK_EQ(count(names), 0);
    free(names);

    make_files("d", "f", 3);
    CHECK_OK(os.mkdir("d/sub", 0777));
    CHECK_OK(os.symlink("nowhere", "d/link"));
    CHECK_OK(os.close(os.open("d/.hidden", O_WRONLY | O_CREAT, 0666)));
    CHECK_OK(os.close(os.open("d/\xff\xfe not utf-8\n", O_WRONLY | O_CREAT, 0666)));
    names = os.listdir("d");
    CHECK_EQ(count(names), 7);
    CHECK_EQ(times_listed(names, ".") + times_listed(names, ".."), 0);
    CHECK_EQ(times_listed(names, "f2"), 1);
    CHECK_EQ(times_listed(names, ".hidden"), 1);
    CHECK_EQ(times_listed(names, "\xff\xfe not utf-8\n"), 1);
    free(names);

    CHECK_OK(os.chdir("d"));
    names = os.listdir(NULL);
    CHECK_EQ(count(names), 7);
    free(names);
    CHECK_OK(os.chdir(".."));

    CHECK_NULL_ERR(os.listdir("d/f1"), ENOTDIR);
    CHECK_NULL_ERR(os.listdir("missing"), ENOENT);
    CHECK_NULL_ERR(os.listdir(""), ENOENT);

    /* In a removed directory: empty, not an error. */
    CHECK_OK(os.mkdir("gone", 0777));
    CHECK_OK(os.chdir("gone"));
    CHECK_OK(os.rmdir("../gone"));
    names = os.listdir(NULL);
    CHECK(names != NULL);
    CHECK_EQ(count(names), 0);
    free(names);
    CHECK_OK(os.chdir(".."));

    make_files("d/sub", "n", 2000);
    names = os.listdir("d/sub");
    CHECK_EQ(count(names), 2000);
    CHECK_EQ(times_listed(names, "n0"), 1);
    CHECK_EQ(times_listed(names, "n1999"), 1);
    free(names);
    check_stable();
    return check_done();
}
