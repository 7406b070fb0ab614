/* Stress: names that are made, renamed, looked up and removed by several processes at once. */
/* SPDX-License-Identifier: MIT */
#include "helpers.h"
#include <limits.h>
#include <sched.h>

enum { ROUNDS = 400 };

/* What is renamed away must not be removed under its new name: unlink means the old one. */
static void unlink_tmp(void)
{
    for (int i = 0; i < ROUNDS * 4; i++)
        unlink("tmp");
    _exit(0);
}

static void test_unlink_against_rename(void)
{
    int lost = 0;
    fflush(stdout);
    pid_t child = fork();
    if (child == 0)
        unlink_tmp();
    for (int i = 0; i < ROUNDS; i++) {
        make_file("tmp", "x");
        if (rename("tmp", "final") == 0) {
            sched_yield();
            lost += access("final", F_OK) != 0;
            unlink("final");
        }
    }
    CHECK_EQ(lost, 0);
    CHECK_EQ(status_of(child), 0);
    unlink("tmp");
}

/* Directories go in and out of each other; a process that looks must find a tree. */
static void move_directories(int seed)
{
    static const char *const names[] = {"a", "b", "a/c", "b/c", "a/c/d", "b/d", "a/b", "b/a"};
    unsigned state = seed;
    for (int i = 0; i < ROUNDS; i++) {
        state = state * 1103515245 + 12345;
        const char *from = names[state >> 16 & 7], *to = names[state >> 20 & 7];
        if (state >> 24 & 1)
            rename(from, to);
        else if (state >> 25 & 1)
            mkdir(from, 0700);
        else
            rmdir(from);
    }
    _exit(0);
}

/* A working directory that others move and remove: a path below the root, or none. */
static void look_from_inside(int seed)
{
    static const char *const names[] = {"a", "b", "a/c", "b/c"};
    char start[PATH_MAX], path[PATH_MAX];
    unsigned state = seed;
    if (!getcwd(start, sizeof(start)))
        _exit(1);
    for (int i = 0; i < ROUNDS; i++) {
        state = state * 1103515245 + 12345;
        if (chdir(names[state >> 16 & 3]) == 0) {
            if (!getcwd(path, sizeof(path)) && errno != ENOENT)
                _exit(2);
            DIR *dir = opendir("..");
            while (dir && readdir(dir))
                ;
            if (dir)
                closedir(dir);
        }
        if (chdir(start) != 0)
            _exit(3);
    }
    _exit(0);
}

static void remove_tree(void)
{
    static const char *const names[] = {"a", "b", "c", "d"};
    for (int depth = 5; depth > 0; depth--)
        for (int path = 0; path < 1 << 2 * depth; path++) {
            char name[16] = "";
            for (int i = 0; i < depth; i++) {
                strcat(name, names[path >> 2 * i & 3]);
                strcat(name, i + 1 < depth ? "/" : "");
            }
            rmdir(name);
        }
}

static void test_moving_tree(void)
{
    pid_t child[4];
    fflush(stdout);
    for (int i = 0; i < 4; i++) {
        child[i] = fork();
        if (child[i] == 0)
            i < 2 ? move_directories(i + 1) : look_from_inside(i + 1);
    }
    for (int i = 0; i < 4; i++)
        CHECK_EQ(status_of(child[i]), 0);
    remove_tree();
}

int main(void)
{
    test_unlink_against_rename();
    test_moving_tree();
    return check_done();
}
