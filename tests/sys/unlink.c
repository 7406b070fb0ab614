/* unlink, unlinkat: names go, open files stay, sticky directories; and each errno.
 * needs: procfs users files */
/* SPDX-License-Identifier: MIT */
#include "helpers.h"

static void check_open_files(void)
{
    struct stat st;
    char buf[8] = "";
    make_file("f", "kept");
    int fd = open("f", O_RDWR);
    CHECK_OK(unlink("f"));
    CHECK_ERR(access("f", F_OK), ENOENT);
    CHECK_ERR(unlink("f"), ENOENT);
    CHECK_OK(fstat(fd, &st));
    CHECK_EQ(st.st_nlink, 0);
    CHECK_EQ(read(fd, buf, 8), 4);
    CHECK_STR(buf, "kept");
    CHECK_EQ(pwrite(fd, "new", 3, 0), 3);
    make_file("f", "another");
    CHECK_EQ(pread(fd, buf, 4, 0), 4);
    CHECK_STR(buf, "newt");
    struct stat another;
    CHECK_OK(stat("f", &another));
    CHECK(another.st_ino != st.st_ino);
    char path[32];
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    char target[200] = "";
    CHECK(readlink(path, target, sizeof target - 1) > 0);
    CHECK(strstr(target, "/f (deleted)") != NULL);
    close(fd);
}

static void check_errors(void)
{
    CHECK_OK(mkdir("dir", 0777));
    make_file("dir/f", "");
    CHECK_ERR(unlink("dir"), EISDIR);
    CHECK_ERR(unlink("."), EISDIR);
    CHECK_ERR(unlink("dir/.."), EISDIR);
    CHECK_ERR(unlink("/"), EISDIR);
    CHECK_ERR(unlink("f/"), ENOTDIR);
    CHECK_ERR(unlink("f/x"), ENOTDIR);
    CHECK_ERR(unlink("none/x"), ENOENT);
    CHECK_ERR(unlink(""), ENOENT);
    CHECK_ERR(syscall(SYS_unlink, NULL), EFAULT);
    CHECK_ERR(syscall(SYS_unlinkat, AT_FDCWD, BAD_KERNEL, 0), EFAULT);
    CHECK_ERR(unlink("/proc/self/status"), EPERM);
}

static void check_at(void)
{
    int dir = open("dir", O_RDONLY), file = open("f", O_RDONLY);
    CHECK_ERR(unlinkat(AT_FDCWD, "dir", 0), EISDIR);
    CHECK_ERR(unlinkat(AT_FDCWD, "dir", AT_REMOVEDIR), ENOTEMPTY);
    CHECK_ERR(unlinkat(AT_FDCWD, "f", AT_REMOVEDIR), ENOTDIR);
    CHECK_ERR(unlinkat(AT_FDCWD, "f", 1), EINVAL);
    CHECK_ERR(unlinkat(file, "f", 0), ENOTDIR);
    CHECK_ERR(unlinkat(999, "f", 0), EBADF);
    CHECK_OK(unlinkat(dir, "f", 0));
    CHECK_OK(unlinkat(AT_FDCWD, "dir", AT_REMOVEDIR));
    CHECK_ERR(unlinkat(AT_FDCWD, "dir", AT_REMOVEDIR), ENOENT);
    close(dir);
    close(file);
}

static void check_times(void)
{
    struct stat before, after;
    CHECK_OK(mkdir("timed", 0777));
    make_file("timed/a", "");
    CHECK_OK(link("timed/a", "kept"));
    CHECK_OK(utimensat(AT_FDCWD, "timed", (struct timespec[2]){{1, 0}, {1, 0}}, 0));
    CHECK_OK(stat("kept", &before));
    sleep_ms(20);
    CHECK_OK(unlink("timed/a"));
    CHECK_OK(stat("timed", &after));
    CHECK(after.st_mtime > 1);
    CHECK_OK(stat("kept", &after)); /* the change of its link count is a change of the file */
    CHECK_EQ(after.st_nlink, 1);
    CHECK(after.st_ctim.tv_sec > before.st_ctim.tv_sec ||
          after.st_ctim.tv_nsec > before.st_ctim.tv_nsec);
}

static void check_rights(void)
{
    if (!as_root("rights of unlink"))
        return;
    CHECK_OK(mkdir("fixed", 0755));
    make_file("fixed/f", "");
    chmod("fixed/f", 0666);
    CHECK_OK(mkdir("sticky", 0777));
    CHECK_OK(chmod("sticky", 01777));
    make_file("sticky/theirs", "");
    make_file("sticky/mine", "");
    chmod("sticky/theirs", 0666);
    CHECK_OK(chown("sticky/mine", USER, USER));
    CHECK_OK(mkdir("sticky/dir", 0777));
    CHECK_OK(mkdir("own", 01777));
    CHECK_OK(chown("own", USER, USER));
    make_file("own/theirs", "");
    become(USER);
    CHECK_ERR(unlink("fixed/f"), EACCES);
    CHECK_ERR(unlink("sticky/theirs"), EPERM);
    CHECK_ERR(rmdir("sticky/dir"), EPERM);
    CHECK_ERR(rename("sticky/theirs", "sticky/x"), EPERM);
    CHECK_ERR(rename("sticky/mine", "sticky/theirs"), EPERM);
    CHECK_OK(unlink("sticky/mine"));
    CHECK_OK(unlink("own/theirs")); /* the owner of a sticky directory may */
    become_root();
    CHECK_OK(unlink("sticky/theirs"));
}

int main(void)
{
    check_open_files();
    check_errors();
    check_at();
    check_times();
    check_rights();
    return check_done();
}
