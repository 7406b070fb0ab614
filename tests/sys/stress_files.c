/* The file system under load: several processes create, link, rename, list and remove in the same
 * directories; nothing is lost, nothing is there twice, link counts are right at the end. */
/* SPDX-License-Identifier: MIT */
#include "helpers.h"

enum { WORKERS = 6, ROUNDS = 150 };

static unsigned random_state;
static unsigned rnd(unsigned below)
{
    random_state = random_state * 1103515245 + 12345;
    return (random_state >> 16) % below;
}

static const char *name_of(const char *folder, int number)
{
    static char names[4][64];
    static int next;
    char *name = names[next++ % 4];
    snprintf(name, sizeof names[0], "%s/%d", folder, number);
    return name;
}

/* Runs the function in WORKERS children; how many ended badly. */
static int n_bad(int (*work)(int))
{
    int bad = 0;
    fflush(stdout);
    for (int i = 0; i < WORKERS; i++)
        if (fork() == 0) {
            random_state = i + 1;
            _exit(work(i) != 0);
        }
    for (int status; wait(&status) > 0;)
        bad += status != 0;
    return bad;
}

static bool expected(int error)
{
    return error == ENOENT || error == EEXIST || error == ENOTEMPTY || error == EISDIR ||
           error == ENOTDIR || error == EINVAL || error == ELOOP;
}

/* Any operation on any of a few names: the only wrong is an error that cannot be. */
static int anything(int worker)
{
    static const char *const folders[] = {"a", "b", "a/d"};
    (void)worker;
    int unexpected = 0;
    for (int i = 0; i < ROUNDS * 4; i++) {
        const char *x = name_of(folders[rnd(3)], rnd(6)), *y = name_of(folders[rnd(3)], rnd(6));
        struct stat st;
        char buf[512];
        int result = 0, fd = -1;
        errno = 0;
        switch (rnd(11)) {
        case 0: result = fd = open(x, O_RDWR | O_CREAT, 0666); break;
        case 1: result = unlink(x); break;
        case 2: result = mkdir(x, 0777); break;
        case 3: result = rmdir(x); break;
        case 4: result = rename(x, y); break;
        case 5: result = symlink(y, x); break;
        case 6: result = stat(x, &st); break;
        case 7: result = syscall(SYS_renameat2, AT_FDCWD, x, AT_FDCWD, y, 2); break;
        case 8:
            if ((fd = open(folders[rnd(3)], O_RDONLY)) >= 0)
                result = syscall(SYS_getdents64, fd, buf, sizeof buf);
            break;
        case 9: result = fd = open(x, O_WRONLY | O_CREAT | O_EXCL, 0666); break;
        case 10: result = link(x, y) == 0 || errno == EPERM ? 0 : -1; break;
        }
        if (result < 0 && !expected(errno)) {
            fprintf(stderr, "# %s, %s: errno %d\n", x, y, errno);
            unexpected++;
        }
        if (fd >= 0)
            close(fd);
    }
    return unexpected;
}

static void remove_tree(const char *path)
{
    DIR *dir = opendir(path);
    char name[300];
    for (struct dirent *e; dir && (e = readdir(dir));) {
        if (!strcmp(e->d_name, ".") || !strcmp(e->d_name, ".."))
            continue;
        snprintf(name, sizeof name, "%s/%s", path, e->d_name);
        if (unlink(name) < 0)
            remove_tree(name);
    }
    if (dir)
        closedir(dir);
    rmdir(path);
}

static nlink_t links_of(const char *path)
{
    struct stat st;
    return stat(path, &st) < 0 ? 0 : st.st_nlink;
}

/* How many subdirectories a directory lists. */
static int n_folders(const char *path)
{
    DIR *dir = opendir(path);
    int n = 0;
    for (struct dirent *e; dir && (e = readdir(dir));)
        n += e->d_type == DT_DIR && e->d_name[0] != '.';
    if (dir)
        closedir(dir);
    return n;
}

static void check_anything(void)
{
    CHECK_OK(mkdir("a", 0777));
    CHECK_OK(mkdir("b", 0777));
    CHECK_OK(mkdir("a/d", 0777));
    CHECK_EQ(n_bad(anything), 0);
    CHECK_EQ((int)links_of("a") - 2 - n_folders("a"), 0);
    CHECK_EQ((int)links_of("b") - 2 - n_folders("b"), 0);
    remove_tree("a");
    remove_tree("b");
    CHECK_ERR(access("a", F_OK), ENOENT);
    CHECK_ERR(access("b", F_OK), ENOENT);
}

/* Each name is made by just one of the processes that try. */
static int race_to_create(int worker)
{
    (void)worker;
    for (int i = 0; i < ROUNDS; i++) {
        int fd = open(name_of("race", i), O_WRONLY | O_CREAT | O_EXCL, 0666);
        if (fd < 0 && errno != EEXIST)
            return 1;
        if (fd >= 0) {
            int log = open("log", O_WRONLY | O_APPEND);
            if (write(log, "x", 1) != 1)
                return 1;
            close(log);
            close(fd);
        }
    }
    return 0;
}

/* Each name is removed by just one. */
static int race_to_remove(int worker)
{
    (void)worker;
    int log = open("log", O_WRONLY | O_APPEND);
    for (int i = 0; i < ROUNDS; i++) {
        if (unlink(name_of("race", i)) == 0) {
            if (write(log, "y", 1) != 1)
                return 1;
        } else if (errno != ENOENT) {
            return 1;
        }
    }
    return 0;
}

static void check_races(void)
{
    struct stat st;
    CHECK_OK(mkdir("race", 0777));
    make_file("log", "");
    CHECK_EQ(n_bad(race_to_create), 0);
    CHECK_OK(stat("log", &st));
    CHECK_EQ(st.st_size, ROUNDS);
    CHECK_EQ(n_bad(race_to_remove), 0);
    CHECK_OK(stat("log", &st));
    CHECK_EQ(st.st_size, 2 * ROUNDS);
    CHECK_OK(rmdir("race"));
}

/* A token file that wanders between two directories is always in just one of them. */
static int wander(int worker)
{
    for (int i = 0; i < ROUNDS * 3; i++) {
        if (worker % 2) {
            if (rename("here/token", "there/token") < 0 && errno != ENOENT)
                return 1;
            if (rename("there/token", "here/token") < 0 && errno != ENOENT)
                return 1;
        } else if (worker == 0) {
            /* replaces what is there: a reader finds the old or the new, never nothing */
            char temporary[32];
            snprintf(temporary, sizeof temporary, "fresh%d", i % 3);
            make_file(temporary, "new");
            if (rename(temporary, "stable") < 0)
                return 1;
        } else {
            const char *text = contents("stable");
            if (!text || (strcmp(text, "new") != 0 && strcmp(text, "old") != 0))
                return 1;
        }
    }
    return 0;
}

static void check_renames(void)
{
    CHECK_OK(mkdir("here", 0777));
    CHECK_OK(mkdir("there", 0777));
    make_file("here/token", "t");
    make_file("stable", "old");
    CHECK_EQ(n_bad(wander), 0);
    CHECK_EQ((access("here/token", F_OK) == 0) + (access("there/token", F_OK) == 0), 1);
    remove_tree("here");
    remove_tree("there");
}

/* Directories moved across each other never form a loop that cannot be reached. */
static int cross(int worker)
{
    for (int i = 0; i < ROUNDS * 2; i++) {
        int result = worker % 2 ? rename("x/1", "y/1/2") : rename("y/1", "x/1/2");
        if (result < 0 && !expected(errno))
            return 1;
        result = worker % 2 ? rename("y/1/2", "x/1") : rename("x/1/2", "y/1");
        if (result < 0 && !expected(errno))
            return 1;
    }
    return 0;
}

static void check_crossing(void)
{
    CHECK_OK(mkdir("x", 0777));
    CHECK_OK(mkdir("y", 0777));
    CHECK_OK(mkdir("x/1", 0777));
    CHECK_OK(mkdir("y/1", 0777));
    CHECK_EQ(n_bad(cross), 0);
    remove_tree("x");
    remove_tree("y");
    CHECK_ERR(access("x", F_OK), ENOENT);
    CHECK_ERR(access("y", F_OK), ENOENT);
}

int main(void)
{
    check_anything();
    check_races();
    check_renames();
    check_crossing();
    return check_done();
}
