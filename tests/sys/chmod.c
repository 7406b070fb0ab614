/* chmod, fchmod, fchmodat, umask: all bits, who may, what new files get, and each errno.
 * needs: users fifo files */
/* SPDX-License-Identifier: MIT */
#include "helpers.h"

static int mode_of(const char *path)
{
    struct stat st;
    return lstat(path, &st) < 0 ? -1 : (int)(st.st_mode & 07777);
}

static void check_bits(void)
{
    int wrong = 0;
    make_file("f", "");
    for (int mode = 0; mode < 010000; mode += 037)
        wrong += chmod("f", mode) != 0 || mode_of("f") != mode;
    CHECK_EQ(wrong, 0);
    CHECK_OK(chmod("f", S_IFDIR | 0644)); /* only the permissions count */
    CHECK_EQ(mode_of("f"), 0644);
    CHECK_OK(mkdir("d", 0777));
    CHECK_OK(chmod("d", 01755));
    CHECK_EQ(mode_of("d"), 01755);
    int fd = open("f", O_RDONLY);
    CHECK_OK(fchmod(fd, 0600));
    CHECK_EQ(mode_of("f"), 0600);
    CHECK_OK(symlink("f", "s"));
    CHECK_OK(chmod("s", 0640)); /* what the link names */
    CHECK_EQ(mode_of("f"), 0640);
    CHECK_EQ(mode_of("s"), 0777);
    int dir = open("d", O_RDONLY);
    CHECK_OK(fchmodat(dir, "../f", 0604, 0));
    CHECK_EQ(mode_of("f"), 0604);
    CHECK_ERR(fchmodat(fd, "x", 0644, 0), ENOTDIR);
    CHECK_ERR(fchmodat(77, "x", 0644, 0), EBADF);
    close(fd);
    close(dir);
}

static void check_errors(void)
{
    CHECK_ERR(chmod("none", 0644), ENOENT);
    CHECK_ERR(chmod("", 0644), ENOENT);
    CHECK_ERR(chmod("f/x", 0644), ENOTDIR);
    CHECK_ERR(chmod("f/", 0644), ENOTDIR);
    CHECK_ERR(fchmod(77, 0644), EBADF);
    CHECK_ERR(syscall(SYS_chmod, NULL, 0644), EFAULT);
    CHECK_ERR(syscall(SYS_fchmodat, AT_FDCWD, BAD_KERNEL, 0644), EFAULT);
}

static void check_umask(void)
{
    CHECK_EQ(umask(027) & 0, 0);
    CHECK_EQ(umask(07777), 027); /* only the permissions are kept */
    CHECK_EQ(umask(027), 0777);
    close(open("masked", O_WRONLY | O_CREAT, 06666));
    CHECK_EQ(mode_of("masked"), 06640);
    CHECK_OK(mkdir("masked_dir", 01777));
    CHECK_EQ(mode_of("masked_dir"), 01750);
    CHECK_OK(mknod("masked_fifo", S_IFIFO | 0666, 0));
    CHECK_EQ(mode_of("masked_fifo"), 0640);
    CHECK_OK(symlink("x", "masked_link"));
    CHECK_EQ(mode_of("masked_link"), 0777);
    CHECK_OK(chmod("masked", 0666)); /* chmod does not look at it */
    CHECK_EQ(mode_of("masked"), 0666);
    CHECK_CHILD("a child has the mask, its change is its own", { CHILD_REQUIRE(umask(0) == 027); });
    CHECK_EQ(umask(022), 027);
}

static void check_rights(void)
{
    if (!as_root("rights of chmod"))
        return;
    make_file("mine", "");
    CHECK_OK(chown("mine", USER, USER));
    make_file("group", "");
    CHECK_OK(chown("group", USER, OTHER));
    CHECK_OK(chmod("f", 0666));
    become(USER);
    CHECK_ERR(chmod("f", 0777), EPERM);
    int fd = open("f", O_RDWR);
    CHECK_ERR(fchmod(fd, 0777), EPERM);
    close(fd);
    CHECK_OK(chmod("mine", 06755));
    CHECK_EQ(mode_of("mine"), 06755);
    CHECK_OK(chmod("group", 06755)); /* not of the file's group: no set-group-id */
    CHECK_EQ(mode_of("group"), 04755);
    become_root();
    CHECK_OK(chmod("group", 02755));
    CHECK_EQ(mode_of("group"), 02755);
}

/* In a set-group-id directory all get its group, and directories the bit. */
static void check_set_group(void)
{
    struct stat st;
    if (!as_root("set-group-id directories"))
        return;
    CHECK_OK(mkdir("shared", 0777));
    CHECK_OK(chown("shared", 0, OTHER));
    CHECK_OK(chmod("shared", 02777));
    make_file("shared/f", "");
    CHECK_OK(stat("shared/f", &st));
    CHECK_EQ(st.st_gid, OTHER);
    CHECK_OK(mkdir("shared/d", 0755));
    CHECK_OK(stat("shared/d", &st));
    CHECK_EQ(st.st_gid, OTHER);
    CHECK_EQ(st.st_mode & 07777, 02755);
    CHECK_OK(symlink("x", "shared/s"));
    CHECK_OK(lstat("shared/s", &st));
    CHECK_EQ(st.st_gid, OTHER);
    become(USER);
    int fd = open("shared/program", O_WRONLY | O_CREAT, 02775);
    CHECK_OK(fstat(fd, &st));
    CHECK_EQ(st.st_gid, OTHER);
    CHECK_EQ(st.st_mode & 07777, 0755); /* not for someone outside of the group */
    close(fd);
    become_root();
}

/* A write by someone else takes the set-id bits. */
static void check_write_clears(void)
{
    struct stat st;
    if (!as_root("a write takes the set-id bits"))
        return;
    make_file("program", "");
    CHECK_OK(chmod("program", 06777));
    become(USER);
    int fd = open("program", O_WRONLY);
    CHECK_EQ(write(fd, "x", 1), 1);
    CHECK_OK(fstat(fd, &st));
    CHECK_EQ(st.st_mode & 07777, 0777);
    close(fd);
    become_root();
    CHECK_OK(chmod("program", 06777));
    fd = open("program", O_WRONLY);
    CHECK_EQ(write(fd, "x", 1), 1);
    CHECK_OK(fstat(fd, &st));
    CHECK_EQ(st.st_mode & 07777, 06777);
    close(fd);
}

int main(void)
{
    umask(022);
    check_bits();
    check_errors();
    check_umask();
    check_rights();
    check_set_group();
    check_write_clears();
    return check_done();
}
