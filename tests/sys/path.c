/* Path resolution: links and their limit, slashes, dots, lengths, rights; through stat and open.
 * needs: procfs users */
/* SPDX-License-Identifier: MIT */
#include "helpers.h"

/* The file's number; each time another one if there is no file. */
static ino_t inode(const char *path)
{
    static ino_t none;
    struct stat st;
    return stat(path, &st) < 0 ? --none : st.st_ino;
}

static void check_dots_and_slashes(void)
{
    char path[PATH_MAX];
    CHECK_OK(mkdir("a", 0777));
    CHECK_OK(mkdir("a/b", 0777));
    make_file("a/b/f", "f");
    ino_t f = inode("a/b/f");
    CHECK(inode("./a/./b/./f") == f);
    CHECK(inode("a//b///f") == f);
    CHECK(inode("a/b/../b/../../a/b/f") == f);
    CHECK(inode("a/b/..") == inode("a"));
    CHECK(inode("a/b/.") == inode("a/b/"));
    CHECK(inode("/") == inode("/.."));
    CHECK(inode("/") == inode("/../../."));
    CHECK(inode("//") == inode("/"));
    CHECK(inode("/../dev/./null") == inode("/dev/null"));
    CHECK(inode("/dev/..") == inode("/"));
    CHECK(inode("/proc/..") == inode("/"));
    CHECK_ERR(open("a/b/f/", O_RDONLY), ENOTDIR);
    CHECK_ERR(open("a/b/f/.", O_RDONLY), ENOTDIR);
    CHECK_ERR(open("a/b/f/..", O_RDONLY), ENOTDIR);
    CHECK_ERR(open("none/..", O_RDONLY), ENOENT);
    CHECK_ERR(open("none/../a", O_RDONLY), ENOENT);
    CHECK_ERR(open("", O_RDONLY), ENOENT);
    path[0] = 0;
    while (strlen(path) < PATH_MAX - 10)
        strcat(path, "a/../");
    CHECK(inode(path) == inode("."));
}

static void check_lengths(void)
{
    char path[PATH_MAX + 10], name[257];
    struct stat st;
    memset(path, '/', sizeof path);
    path[PATH_MAX - 1] = 0;
    CHECK(inode(path) == inode("/")); /* 4095 bytes and the NUL */
    path[PATH_MAX - 1] = '/';
    path[PATH_MAX] = 0;
    CHECK_ERR(stat(path, &st), ENAMETOOLONG);
    memset(name, 'n', sizeof name);
    name[255] = 0;
    CHECK_ERR(stat(name, &st), ENOENT);
    make_file(name, "long");
    CHECK_STR(contents(name), "long");
    name[255] = 'n';
    name[256] = 0;
    CHECK_ERR(stat(name, &st), ENAMETOOLONG);
    CHECK_ERR(open(name, O_CREAT | O_WRONLY, 0666), ENAMETOOLONG);
    snprintf(path, sizeof path, "a/%s/x", name);
    CHECK_ERR(stat(path, &st), ENAMETOOLONG);
    snprintf(path, sizeof path, "none/%s", name);
    CHECK_ERR(stat(path, &st), ENOENT);

    /* A string that ends just where its page ends, and one that does not end. */
    char *edge = mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    CHECK_OK(munmap(edge + PAGE, PAGE));
    strcpy(edge + PAGE - 6, "a/b/f");
    CHECK_OK(stat(edge + PAGE - 6, &st));
    edge[PAGE - 1] = 'x';
    CHECK_ERR(stat(edge + PAGE - 6, &st), EFAULT);
}

static void check_loops(void)
{
    char name[16], to[16];
    struct stat st;
    make_file("l0", "end");
    for (int i = 1; i <= 41; i++) {
        snprintf(name, sizeof name, "l%d", i);
        snprintf(to, sizeof to, "l%d", i - 1);
        if (symlink(to, name) < 0)
            NOTE("no link %s", name);
    }
    CHECK_OK(stat("l40", &st));
    CHECK_ERR(stat("l41", &st), ELOOP);
    CHECK_OK(lstat("l41", &st));
    CHECK_STR(contents("l40"), "end");
    CHECK_OK(symlink("loop2", "loop1"));
    CHECK_OK(symlink("loop1", "loop2"));
    CHECK_ERR(stat("loop1", &st), ELOOP);
    CHECK_ERR(stat("loop1/x", &st), ELOOP);
    CHECK_OK(symlink("here/here", "here"));
    CHECK_ERR(stat("here", &st), ELOOP);
    CHECK_OK(symlink(".", "dot"));
    char path[200] = "";
    for (int i = 0; i < 40; i++)
        strcat(path, "dot/");
    CHECK(inode(path) == inode("."));
    strcat(path, "dot/");
    CHECK_ERR(stat(path, &st), ELOOP);
    CHECK_OK(symlink("a/b/", "slashed"));
    CHECK(inode("slashed/f") == inode("a/b/f"));
    CHECK_OK(symlink("l0/", "not_dir"));
    CHECK_ERR(stat("not_dir", &st), ENOTDIR);
}

/* /proc's links point to the thing itself. */
static void check_magic(void)
{
    char path[64];
    int fd = open("a/b/f", O_RDONLY), dir = open("a", O_RDONLY);
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    CHECK(inode(path) == inode("a/b/f"));
    CHECK_STR(contents(path), "f");
    snprintf(path, sizeof path, "/proc/self/fd/%d/b/f", dir);
    CHECK(inode(path) == inode("a/b/f"));
    CHECK(inode("/proc/self/cwd") == inode("."));
    CHECK(inode("/proc/self/cwd/a") == inode("a"));
    CHECK(inode("/proc/self/root") == inode("/"));
    CHECK_OK(rename("a/b/f", "moved"));
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    CHECK_STR(contents(path), "f");
    CHECK_OK(unlink("moved"));
    CHECK_STR(contents(path), "f"); /* even a file without a name */
    close(fd);
    close(dir);
}

static void check_rights(void)
{
    struct stat st;
    if (!as_root("rights on the way"))
        return;
    CHECK_OK(mkdir("x", 0711));
    CHECK_OK(mkdir("x/y", 0766));
    CHECK_OK(chmod("x/y", 0766));
    make_file("x/y/f", "");
    CHECK_OK(symlink("x/y/f", "to_f"));
    become(USER);
    CHECK_OK(stat("x/y", &st));
    CHECK_ERR(stat("x/y/f", &st), EACCES);
    CHECK_ERR(stat("x/y/none", &st), EACCES);
    CHECK_ERR(stat("x/y/..", &st), EACCES);
    CHECK_ERR(stat("to_f", &st), EACCES);
    CHECK_OK(lstat("to_f", &st));
    CHECK_ERR(open("x/y/new", O_CREAT | O_WRONLY, 0666), EACCES);
    become_root();
    CHECK_OK(stat("x/y/f", &st));
}

int main(void)
{
    check_dots_and_slashes();
    check_lengths();
    check_loops();
    check_magic();
    check_rights();
    return check_done();
}
