/* Names of files: os.access to os.sync, each row of the table.
 * needs: users files fifo */
/* SPDX-License-Identifier: MIT */
#include "check.h"
#include <os.h>

static char long_name[300];

static void write_file(const char *path, const char *text)
{
    int fd = os.open(path, O_WRONLY | O_CREAT | O_TRUNC, 0666);
    if (os.write(fd, text, strlen(text)) < 0)
        NOTE("write to %s failed", path);
    os.close(fd);
}

static mode_t mode_of(const char *path)
{
    return os.stat(path).st_mode & 07777;
}

static void check_stat(void)
{
    struct os_stat_result st = os.stat("file");
    CHECK_EQ(st.st_mode, S_IFREG | 0644);
    CHECK_EQ(st.st_size, 4);
    CHECK_EQ(st.st_nlink, 1);
    CHECK_EQ(st.st_uid, os.getuid());
    CHECK(st.st_ino != 0 && st.st_blksize > 0);
    CHECK_EQ(st.st_mtime_ns, st.st_mtim.tv_sec * 1000000000 + st.st_mtim.tv_nsec);
    CHECK_EQ(st.st_ctime_ns, st.st_ctim.tv_sec * 1000000000 + st.st_ctim.tv_nsec);
    CHECK_EQ(st.st_atime_ns, st.st_atim.tv_sec * 1000000000 + st.st_atim.tv_nsec);
    CHECK_EQ(os.stat("link").st_ino, st.st_ino);
    CHECK(S_ISLNK(os.lstat("link").st_mode));
    CHECK_EQ(os.lstat("link").st_size, 4);
    CHECK(os.stat("missing").st_mode == 0 && errno == ENOENT);
    CHECK(os.stat("").st_mode == 0 && errno == ENOENT);
    CHECK(os.stat("file/x").st_mode == 0 && errno == ENOTDIR);
    CHECK(os.stat("loop").st_mode == 0 && errno == ELOOP);
    CHECK(os.stat("dangling").st_mode == 0 && errno == ENOENT);
    CHECK(S_ISLNK(os.lstat("dangling").st_mode));
    CHECK(os.lstat("missing").st_mode == 0 && errno == ENOENT);
    CHECK(os.stat(long_name).st_mode == 0 && errno == ENAMETOOLONG);
    CHECK(os.path.getctime("file") ==
          (double)st.st_ctim.tv_sec + 1e-9 * (double)st.st_ctim.tv_nsec);
    CHECK_EQ(os.path.getctime("missing"), -1);
    CHECK_EQ(errno, ENOENT);
    CHECK(S_ISCHR(os.stat(os.devnull).st_mode));
    CHECK_EQ(os.major(os.stat("/dev/null").st_rdev), 1);
    CHECK_EQ(os.minor(os.stat("/dev/null").st_rdev), 3);
    CHECK_EQ(os.makedev(1, 3), os.stat("/dev/null").st_rdev);
    CHECK(os.major(os.makedev(0x12345, 0x6789a)) == 0x12345 &&
          os.minor(os.makedev(0x12345, 0x6789a)) == 0x6789a);
}

static void check_access(void)
{
    CHECK(os.access("file", F_OK));
    CHECK(os.access("file", R_OK | W_OK));
    errno = 0;
    CHECK(!os.access("file", X_OK) && errno == EACCES); /* not even root */
    errno = 0;
    CHECK(!os.access("missing", F_OK) && errno == ENOENT);
    CHECK(!os.access("file/x", F_OK) && errno == ENOTDIR);
    CHECK(!os.access("file", 99) && errno == EINVAL);
    CHECK(os.access(".", R_OK | W_OK | X_OK));
    CHECK_OK(os.chmod("file", 0755));
    CHECK(os.access("file", X_OK));
    if (!as_root("somebody else's rights"))
        return;
    CHECK_OK(os.chmod("file", 0600));
    CHECK_CHILD("access asks for the real user", {
        CHILD_REQUIRE(os.setreuid(1000, 0) == 0);
        CHILD_REQUIRE(!os.access("file", R_OK) && errno == EACCES);
        CHILD_REQUIRE(os.open("file", O_RDONLY) >= 0); /* by the effective one */
    });
    CHECK_CHILD("somebody else", {
        CHILD_REQUIRE(os.setuid(1000) == 0);
        CHILD_REQUIRE(os.open("file", O_RDONLY) == -1 && errno == EACCES);
        CHILD_REQUIRE(os.chmod("file", 0777) == -1 && errno == EPERM);
        CHILD_REQUIRE(os.chown("file", 1000, 1000) == -1 && errno == EPERM);
        CHILD_REQUIRE(os.unlink("file") == -1 && errno == EACCES);
        CHILD_REQUIRE(os.rename("file", "x") == -1 && errno == EACCES);
        CHILD_REQUIRE(os.truncate("file", 0) == -1 && errno == EACCES);
        CHILD_REQUIRE(os.utime("file", NULL) == -1 && errno == EACCES);
        CHILD_REQUIRE(os.link("file", "x") == -1 && (errno == EACCES || errno == EPERM));
        CHILD_REQUIRE(os.symlink("file", "x") == -1 && errno == EACCES);
        CHILD_REQUIRE(os.mkfifo("x", 0666) == -1 && errno == EACCES);
        CHILD_REQUIRE(os.chroot(".") == -1 && errno == EPERM);
    });
    CHECK_OK(os.chmod("file", 0644));
}

static void check_attributes(void)
{
    CHECK_OK(os.chmod("file", 04711));
    CHECK_EQ(mode_of("file"), 04711);
    CHECK_OK(os.chmod("link", 0644)); /* the file that it points to */
    CHECK_EQ(mode_of("file"), 0644);
    CHECK_ERR(os.chmod("missing", 0), ENOENT);
    CHECK_ERR(os.chmod("", 0), ENOENT);
    CHECK_OK(os.chown("file", -1, -1));
    CHECK_ERR(os.chown("missing", -1, -1), ENOENT);
    CHECK_ERR(os.lchown("missing", -1, -1), ENOENT);
    if (as_root("other owners")) {
        CHECK_OK(os.chown("link", 12, -1));
        CHECK(os.stat("file").st_uid == 12 && os.stat("file").st_gid == os.getgid());
        CHECK_EQ(os.lstat("link").st_uid, 0);
        CHECK_OK(os.lchown("link", 34, 56));
        CHECK(os.lstat("link").st_uid == 34 && os.lstat("link").st_gid == 56);
        CHECK_EQ(os.stat("file").st_uid, 12);
        CHECK_OK(os.chown("file", 0, 0));
    }
    CHECK_OK(os.truncate("file", 2));
    CHECK_EQ(os.stat("file").st_size, 2);
    CHECK_OK(os.truncate("link", 9000));
    CHECK_EQ(os.stat("file").st_size, 9000);
    CHECK_ERR(os.truncate("missing", 0), ENOENT);
    CHECK_ERR(os.truncate(".", 0), EISDIR);
    CHECK_ERR(os.truncate("file", -1), EINVAL);

    struct timespec times[] = {{1000000000, 1}, {1234567890, 123456789}};
    CHECK_OK(os.utime("file", times));
    CHECK_EQ(os.stat("file").st_atime_ns, 1000000000000000001);
    CHECK_EQ(os.stat("file").st_mtime_ns, 1234567890123456789);
    CHECK(os.path.getmtime("file") == 1234567890 + 1e-9 * 123456789);
    CHECK(os.path.getatime("file") == 1000000000 + 1e-9);
    CHECK_OK(os.utime("file", NULL));
    CHECK(os.stat("file").st_mtime_ns > 1234567890123456789);
    CHECK_ERR(os.utime("missing", NULL), ENOENT);
    times[0].tv_nsec = 1000000000;
    CHECK_ERR(os.utime("file", times), EINVAL);
}

static void check_links(void)
{
    CHECK_OK(os.link("file", "second"));
    CHECK_EQ(os.stat("file").st_nlink, 2);
    CHECK_EQ(os.path.samefile("file", "second"), 1);
    CHECK_ERR(os.link("file", "second"), EEXIST);
    CHECK_ERR(os.link("missing", "x"), ENOENT);
    CHECK_ERR(os.link(".", "x"), EPERM);
    CHECK_ERR(os.link("file", "missing/x"), ENOENT);
    CHECK_OK(os.remove("second"));
    CHECK_EQ(os.stat("file").st_nlink, 1);
    CHECK_ERR(os.remove("second"), ENOENT);
    CHECK_ERR(os.unlink(""), ENOENT);
    CHECK_ERR(os.unlink("."), EISDIR);
    CHECK_OK(os.mkdir("directory", 0777));
    CHECK_ERR(os.unlink("directory"), EISDIR);
    CHECK_ERR(os.remove("directory"), EISDIR); /* where C's remove would take it */
    CHECK_ERR(os.unlink("file/x"), ENOTDIR);

    CHECK_ERR(os.symlink("x", "file"), EEXIST);
    CHECK_ERR(os.symlink("", "empty"), ENOENT);
    CHECK_ERR(os.symlink("x", ""), ENOENT);
    char *target = os.readlink("link");
    CHECK_STR(target, "file");
    free(target);
    CHECK_NULL_ERR(os.readlink("file"), EINVAL);
    CHECK_NULL_ERR(os.readlink("missing"), ENOENT);
    CHECK_NULL_ERR(os.readlink("."), EINVAL);
    static char far[4001];
    memset(far, 'f', 4000);
    CHECK_OK(os.symlink(far, "far"));
    target = os.readlink("far");
    CHECK_STR(target, far);
    free(target);
    CHECK_OK(os.symlink("\xff\x01 bytes\n", "bytes"));
    target = os.readlink("bytes");
    CHECK_STR(target, "\xff\x01 bytes\n");
    free(target);
    CHECK_OK(os.unlink("bytes"));
    CHECK_OK(os.unlink("dangling")); /* the link is removed, not what it would point to */
    CHECK(!os.path.lexists("dangling"));
}

static void check_rename(void)
{
    write_file("a", "is a");
    write_file("b", "b");
    CHECK_OK(os.rename("a", "b"));
    CHECK_EQ(os.path.getsize("b"), 4);
    CHECK(!os.path.exists("a"));
    write_file("a", "again");
    CHECK_OK(os.replace("a", "b"));
    CHECK_EQ(os.path.getsize("b"), 5);
    CHECK_OK(os.rename("b", "b"));
    CHECK_ERR(os.rename("missing", "x"), ENOENT);
    CHECK_ERR(os.replace("missing", "x"), ENOENT);
    CHECK_ERR(os.rename("b", "missing/x"), ENOENT);
    CHECK_OK(os.mkdir("d", 0777));
    CHECK_OK(os.mkdir("d/e", 0777));
    CHECK_ERR(os.rename("b", "d"), EISDIR);
    CHECK_ERR(os.rename("d", "b"), ENOTDIR);
    CHECK_ERR(os.rename("d", "d/e/f"), EINVAL);
    CHECK_OK(os.mkdir("f", 0777));
    CHECK_ERR(os.rename("f", "d"), ENOTEMPTY);
    CHECK_OK(os.rename("d", "f"));
    CHECK(os.path.isdir("f/e") && !os.path.exists("d"));

    /* os.renames makes what new lacks and removes what old leaves empty. */
    CHECK_OK(os.renames("b", "r/s/t"));
    CHECK_EQ(os.path.getsize("r/s/t"), 5);
    CHECK_OK(os.renames("r/s/t", "r/u/v"));
    CHECK(!os.path.exists("r/s") && os.path.exists("r/u/v"));
    CHECK_OK(os.renames("r/u/v", "b"));
    CHECK(!os.path.exists("r") && os.path.exists("b"));
    CHECK_ERR(os.renames("missing", "p/q"), ENOENT);
    CHECK(os.path.isdir("p")); /* as in Python, made before the rename failed */
    CHECK_ERR(os.renames("b", "file/x"), ENOTDIR);
}

static void check_special(void)
{
    os.umask(027);
    CHECK_OK(os.mkfifo("fifo", 0666));
    os.umask(022);
    CHECK_EQ(os.stat("fifo").st_mode, S_IFIFO | 0640);
    CHECK_ERR(os.mkfifo("fifo", 0666), EEXIST);
    CHECK_ERR(os.mkfifo("missing/x", 0666), ENOENT);
    CHECK_OK(os.mknod("node", S_IFREG | 0600, 0));
    CHECK_EQ(os.stat("node").st_mode, S_IFREG | 0600);
    CHECK_ERR(os.mknod("node", S_IFREG | 0600, 0), EEXIST);
    CHECK_ERR(os.mknod("x", S_IFDIR | 0600, 0), EPERM);

    struct os_statvfs_result fs = os.statvfs(".");
    CHECK(fs.f_bsize > 0 && fs.f_frsize > 0);
    CHECK(fs.f_bfree <= fs.f_blocks && fs.f_bavail <= fs.f_bfree);
    CHECK_EQ(fs.f_namemax, 255);
    CHECK(os.statvfs("missing").f_bsize == 0 && errno == ENOENT);
    CHECK_EQ(os.pathconf(".", _PC_NAME_MAX), 255);
    CHECK_EQ(os.pathconf(".", _PC_PATH_MAX), 4096);
    CHECK_ERR(os.pathconf(".", 9999), EINVAL);
    CHECK_ERR(os.pathconf("missing", _PC_NAME_MAX), ENOENT);
    os.sync();

    if (!as_root("os.chroot"))
        return;
    CHECK_OK(os.makedirs("jail/in", 0755, false));
    CHECK_CHILD("os.chroot", {
        CHILD_REQUIRE(os.chroot("missing") == -1 && errno == ENOENT);
        CHILD_REQUIRE(os.chroot("file") == -1 && errno == ENOTDIR);
        CHILD_REQUIRE(os.chroot("jail") == 0);
        CHILD_REQUIRE(os.chdir("/../..") == 0);
        char **names = os.listdir("/");
        CHILD_REQUIRE(strcmp(names[0], "in") == 0 && !names[1]);
        CHILD_REQUIRE(os.path.ismount("/"));
        CHILD_REQUIRE(!os.path.exists("/bin"));
    });
}

int main(void)
{
    memset(long_name, 'n', 256);
    CHECK_OK(os.mkdir("own", 0755)); /* where nobody else may write */
    CHECK_OK(os.chdir("own"));
    write_file("file", "text");
    CHECK_OK(os.symlink("file", "link"));
    CHECK_OK(os.symlink("nowhere", "dangling"));
    CHECK_OK(os.symlink("loop", "loop"));
    check_stat();
    check_access();
    check_attributes();
    check_links();
    check_rename();
    check_special();
    return check_done();
}
