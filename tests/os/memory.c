/* Memory: one free releases all that a function gave. Each is called a thousand times and must not
 * make the heap grow; a block freed in part or twice would end the program.
 * needs: procfs users */
/* SPDX-License-Identifier: MIT */
#include "check.h"
#include <os.h>

enum { WARM_UP = 20, ROUNDS = 1000, SLACK = 16 << 10 };

static char *const env[] = {"PATH=/a:/b", NULL};
static const char *const list[] = {"/a/b/c", "/a/b/d", "/a/b", NULL};
static FILE *null;

static void make_tree(void)
{
    os.makedirs("t/a", 0777, false);
    os.makedirs("t/b", 0777, false);
    os.close(os.open("t/f", O_WRONLY | O_CREAT, 0666));
    os.symlink("f", "t/l");
    for (int i = 0; i < 200; i++) {
        char path[32];
        snprintf(path, sizeof path, "t/a/entry%d", i);
        os.close(os.open(path, O_WRONLY | O_CREAT, 0666));
    }
}

static void walk(bool topdown)
{
    struct os_walk *walk = os.walk("t", topdown, NULL, true);
    while (os.walk_next(walk))
        ;
    os.walk_close(walk);
}

static void scan(const char *path)
{
    struct os_scandir *scan = os.scandir(path);
    for (struct os_DirEntry *entry; scan && (entry = os.scandir_next(scan)); free(entry))
        ;
    if (scan)
        os.scandir_close(scan);
}

/* How far the block of memory that malloc takes from reaches, by where new blocks lie. */
static size_t heap_size(void)
{
    return (size_t)sbrk(0);
}

/* Repeats the expression; the heap may not have grown by more than little. */
#define NO_LEAK(expression)                                                                     \
    do {                                                                                        \
        for (int i = 0; i < WARM_UP; i++)                                                       \
            expression;                                                                         \
        size_t before = heap_size();                                                            \
        for (int i = 0; i < ROUNDS; i++)                                                        \
            expression;                                                                         \
        check_true(heap_size() <= before + SLACK, "no leak: " #expression, __FILE__, __LINE__); \
    } while (0)

static void check_paths(void)
{
    NO_LEAK(free(os.path.abspath("a/../b")));
    NO_LEAK(free(os.path.basename("a/b")));
    NO_LEAK(free(os.path.dirname("a/b")));
    NO_LEAK(free(os.path.commonpath(list)));
    NO_LEAK(free(os.path.commonprefix(list)));
    NO_LEAK(free(os.path.expanduser("~/x")));
    NO_LEAK(free(os.path.expanduser("~root/x")));
    NO_LEAK(free(os.path.expandvars("$HOME/${PATH}/$NONE")));
    NO_LEAK(free(os.path.join("a", "b")));
    NO_LEAK(free(os.path.joinv(list)));
    NO_LEAK(free(os.path.normcase("a")));
    NO_LEAK(free(os.path.normpath("a//b/../c")));
    NO_LEAK(free(os.path.realpath("t/l/../a")));
    NO_LEAK(free(os.path.realpath("t/l")));
    NO_LEAK(free(os.path.relpath("a", "b/c")));
    NO_LEAK(free(os.path.split("a/b").head));
    NO_LEAK(free(os.path.splitext("a.b").root));
    NO_LEAK(free(os.path.splitdrive("a.b").drive));
    NO_LEAK(os.path.ismount("t"));
    NO_LEAK(os.path.samefile("t", "t/a"));
}

static void check_others(void)
{
    int n;
    NO_LEAK(free(os.getcwd()));
    NO_LEAK(free(os.listdir("t/a")));
    NO_LEAK(free(os.listdir("missing")));
    NO_LEAK(free(os.readlink("t/l")));
    NO_LEAK(free(os.readlink("t/f")));
    NO_LEAK(scan("t"));
    NO_LEAK(scan("missing"));
    NO_LEAK(walk(true));
    NO_LEAK(walk(false));
    NO_LEAK(free(os.get_exec_path(env)));
    NO_LEAK(free(os.confstr(_CS_PATH)));
    NO_LEAK(free(os.ctermid()));
    NO_LEAK(free(os.ttyname(0)));
    NO_LEAK(free(os.getgroups(&n)));
    NO_LEAK(free(os.getgrouplist("root", 0, &n)));
    NO_LEAK(free(os.getlogin()));
    NO_LEAK((os.makedirs("m/n", 0777, true), os.removedirs("m/n")));
    NO_LEAK((os.putenv("A", i % 2 ? "1" : "three"), os.unsetenv("A")));
    NO_LEAK(fclose(os.fdopen(os.dup(fileno(null)), "w")));
    NO_LEAK((os.dup2(fileno(null), 2), errno = ENOENT, os.perror("name")));
}

/* A list is one block with its names: writing all over it breaks nothing else. */
static void check_one_block(void)
{
    char **names = os.listdir("t/a"), **other = os.listdir("t/a");
    size_t n = 0;
    while (names[n])
        n++;
    CHECK_EQ(n, 200);
    for (size_t i = 0; i < n; i++)
        memset(names[i], 'x', strlen(names[i]));
    free(names);
    bool intact = true;
    for (size_t i = 0; i < n; i++)
        intact &= strncmp(other[i], "entry", 5) == 0;
    CHECK(intact);
    free(other);
    struct os_path_split_result parts = os.path.split("/usr/bin/prog");
    CHECK(parts.tail > parts.head);
    memset(parts.head, 'x', strlen(parts.head));
    CHECK_STR(parts.tail, "prog");
    free(parts.head);
}

int main(void)
{
    null = fopen(os.devnull, "w");
    make_tree();
    check_paths();
    check_others();
    check_one_block();
    return check_done();
}
