/* rename, renameat, renameat2: all forms, and each errno that Linux documents.
 * needs: users fifo exchange */
/* SPDX-License-Identifier: MIT */
#include "helpers.h"
#include <sys/syscall.h>

#ifndef RENAME_NOREPLACE
#define RENAME_NOREPLACE 1
#define RENAME_EXCHANGE  2
#endif
enum { RENAME_BOTH = RENAME_NOREPLACE | RENAME_EXCHANGE, RENAME_UNKNOWN = 1 << 7 };

static long rename2(const char *from, const char *to, unsigned flags)
{
    return syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, flags);
}

static void check_files(void)
{
    make_file("a", "a");
    make_file("b", "b");
    CHECK_OK(rename("a", "c"));
    CHECK(contents("a") == NULL);
    CHECK_STR(contents("c"), "a");
    CHECK_OK(rename("c", "b"));
    CHECK_STR(contents("b"), "a");
    CHECK_OK(rename("b", "b"));
    CHECK_OK(link("b", "hard"));
    CHECK_OK(rename("b", "hard")); /* the same file: nothing happens, both names stay */
    CHECK_STR(contents("b"), "a");
    CHECK_STR(contents("hard"), "a");

    /* An open file goes on under its new name, one that is replaced lives until it is closed. */
    make_file("old", "old");
    int fd = open("old", O_RDONLY);
    CHECK_OK(rename("hard", "old"));
    char text[4] = "";
    CHECK_EQ(read(fd, text, 3), 3);
    CHECK_STR(text, "old");
    struct stat st;
    CHECK_OK(fstat(fd, &st));
    CHECK_EQ(st.st_nlink, 0);
    close(fd);
}

static void check_directories(void)
{
    struct stat st;
    CHECK_OK(mkdir("d", 0777));
    CHECK_OK(mkdir("d/sub", 0777));
    CHECK_OK(mkdir("e", 0777));
    CHECK_OK(rename("d", "e")); /* onto an empty directory */
    CHECK_OK(stat("e/sub", &st));
    CHECK_OK(mkdir("d", 0777));
    CHECK_ERR(rename("d", "e"), ENOTEMPTY);
    CHECK_ERR(rename("d", "b"), ENOTDIR);
    CHECK_ERR(rename("b", "d"), EISDIR);
    CHECK_ERR(rename("e", "e/sub/x"), EINVAL);
    CHECK_ERR(rename("e", "e/x"), EINVAL);
    CHECK_ERR(rename("e/sub", "e"), ENOTEMPTY);
    CHECK_ERR(rename(".", "x"), EBUSY);
    CHECK_ERR(rename("d", "."), EBUSY);
    CHECK_ERR(rename("d", ".."), EBUSY);
    CHECK_ERR(rename("/", "/x"), EBUSY);
    CHECK_OK(rename("d/", "f/"));
    CHECK_ERR(rename("b/", "x"), ENOTDIR);
    CHECK_ERR(rename("b", "x/"), ENOTDIR);

    /* `..` and the link counts follow a move to another parent. */
    CHECK_OK(stat("e", &st));
    CHECK_EQ(st.st_nlink, 3);
    CHECK_OK(rename("e/sub", "f/sub"));
    CHECK_OK(stat("e", &st));
    CHECK_EQ(st.st_nlink, 2);
    CHECK_OK(stat("f", &st));
    CHECK_EQ(st.st_nlink, 3);
    ino_t parent = st.st_ino;
    CHECK_OK(stat("f/sub/..", &st));
    CHECK_EQ(st.st_ino == parent, 1);
}

static void check_flags(void)
{
    make_file("x", "x");
    make_file("y", "y");
    CHECK_ERR(rename2("x", "y", RENAME_NOREPLACE), EEXIST);
    CHECK_OK(rename2("x", "z", RENAME_NOREPLACE));
    CHECK_OK(rename2("z", "y", RENAME_EXCHANGE));
    CHECK_STR(contents("z"), "y");
    CHECK_STR(contents("y"), "x");
    CHECK_OK(rename2("z", "f", RENAME_EXCHANGE)); /* a file and a directory change places */
    CHECK_STR(contents("f"), "y");
    CHECK_OK(access("z/sub", F_OK));
    CHECK_ERR(rename2("y", "missing", RENAME_EXCHANGE), ENOENT);
    CHECK_ERR(rename2("missing", "y", RENAME_EXCHANGE), ENOENT);
    CHECK_ERR(rename2("z", "z/sub", RENAME_EXCHANGE), EINVAL);
    CHECK_ERR(rename2("z/sub", "z", RENAME_EXCHANGE), EINVAL);
    CHECK_ERR(rename2("y", "w", RENAME_BOTH), EINVAL);
    CHECK_ERR(rename2("y", "w", RENAME_UNKNOWN), EINVAL);
    CHECK_OK(rename2("y", "y", RENAME_EXCHANGE));
    CHECK_ERR(rename2("y", "y", RENAME_NOREPLACE), EEXIST);
}

static void check_errors(void)
{
    static char name[300];
    memset(name, 'n', 256);
    CHECK_ERR(rename("missing", "x"), ENOENT);
    CHECK_ERR(rename("y", "missing/x"), ENOENT);
    CHECK_ERR(rename("y", ""), ENOENT);
    CHECK_ERR(rename("", "y"), ENOENT);
    CHECK_ERR(rename("y/x", "x"), ENOTDIR);
    CHECK_ERR(rename("y", "y/x"), ENOTDIR);
    CHECK_ERR(rename("y", name), ENAMETOOLONG);
    CHECK_ERR(rename(name, "y"), ENAMETOOLONG);
    CHECK_OK(symlink("loop", "loop"));
    CHECK_ERR(rename("loop/x", "x"), ELOOP);
    CHECK_OK(rename("loop", "loop2")); /* the link itself */
    CHECK_ERR(syscall(SYS_rename, NULL, "x"), EFAULT);
    CHECK_ERR(syscall(SYS_rename, "y", (char *)8), EFAULT);
    CHECK_ERR(renameat(-5, "y", AT_FDCWD, "x"), EBADF);
    int fd = open("y", O_RDONLY);
    CHECK_ERR(renameat(fd, "y", AT_FDCWD, "x"), ENOTDIR);
    close(fd);
}

static bool is_whiteout(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 && st.st_mode == S_IFCHR && st.st_rdev == 0 && st.st_nlink == 1;
}

/* RENAME_WHITEOUT leaves a device 0/0 where the file was: in one directory and over two, with
 * something at the new name and without. */
static void check_whiteout(void)
{
    enum { WHITEOUT = 4 };
    struct stat st;
    CHECK_OK(mkdir("white", 0755));
    CHECK_OK(mkdir("white/dir", 0755));
    make_file("white/a", "a");
    make_file("white/b", "b");
    CHECK_OK(rename2("white/a", "white/c", WHITEOUT));
    CHECK(is_whiteout("white/a"));
    CHECK_STR(contents("white/c"), "a");
    CHECK_OK(rename2("white/c", "white/b", WHITEOUT));
    CHECK(is_whiteout("white/c"));
    CHECK_STR(contents("white/b"), "a");
    CHECK_OK(rename2("white/b", "white/dir/b", WHITEOUT));
    CHECK(is_whiteout("white/b"));
    CHECK_OK(rename2("white/dir/b", "white/b", WHITEOUT)); /* over a whiteout */
    CHECK(is_whiteout("white/dir/b"));
    CHECK_STR(contents("white/b"), "a");
    CHECK_ERR(rename2("white/b", "white/c", WHITEOUT | RENAME_NOREPLACE), EEXIST);
    CHECK_ERR(rename2("white/b", "white/c", WHITEOUT | RENAME_EXCHANGE), EINVAL);
    CHECK_OK(rename2("white/b", "white/d", WHITEOUT | RENAME_NOREPLACE));
    CHECK_OK(unlink("white/dir/b"));
    CHECK_OK(rename2("white/dir", "moved", WHITEOUT)); /* a directory, too */
    CHECK(is_whiteout("white/dir"));
    CHECK_OK(stat("white", &st));
    CHECK_EQ(st.st_nlink, 2);
    CHECK_OK(rmdir("moved"));
    CHECK_ERR(rmdir("white"), ENOTEMPTY);
    CHECK_OK(unlink("white/a"));
    CHECK_OK(unlink("white/b"));
    CHECK_OK(unlink("white/c"));
    CHECK_OK(unlink("white/d"));
    CHECK_OK(unlink("white/dir"));
    CHECK_OK(rmdir("white"));
    if (!as_root("a user's whiteout"))
        return;
    CHECK_OK(mkdir("users", 0777));
    CHECK_OK(chmod("users", 0777));
    become(USER);
    make_file("users/a", "a");
    CHECK_OK(rename2("users/a", "users/b", WHITEOUT));
    CHECK_OK(mknod("users/c", S_IFCHR, 0));
    CHECK_ERR(open("users/c", O_RDONLY), EACCES); /* whatever it is, its mode forbids it */
    CHECK_ERR(mknod("users/d", S_IFBLK, 0), EPERM);
    become_root();
    CHECK(is_whiteout("users/a"));
    CHECK_OK(stat("users/a", &st));
    CHECK_EQ(st.st_uid, USER);
    CHECK_ERR(open("users/a", O_RDONLY), ENXIO);
}

int main(void)
{
    check_files();
    check_directories();
    check_flags();
    check_errors();
    check_whiteout();
    return check_done();
}
