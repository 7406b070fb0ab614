/* mknod, mknodat: FIFOs, devices, plain files; who may; each errno.
 * needs: users files fifo */
/* SPDX-License-Identifier: MIT */
#include "helpers.h"
#include <sys/sysmacros.h>

static void check_kinds(void)
{
    struct stat st;
    umask(022);
    CHECK_OK(mknod("fifo", S_IFIFO | 0666, 0));
    CHECK_OK(stat("fifo", &st));
    CHECK_EQ(st.st_mode, S_IFIFO | 0644);
    CHECK_OK(mknod("file", S_IFREG | 0600, 0));
    CHECK_OK(stat("file", &st));
    CHECK_EQ(st.st_mode, S_IFREG | 0600);
    CHECK_OK(mknod("plain", 0666, 0)); /* no kind means a file */
    CHECK_OK(stat("plain", &st));
    CHECK_EQ(st.st_mode, S_IFREG | 0644);
    CHECK_OK(mknod("socket", S_IFSOCK | 0600, 0));
    CHECK_OK(stat("socket", &st));
    CHECK_EQ(st.st_mode, S_IFSOCK | 0600);
    CHECK_ERR(open("socket", O_RDWR), ENXIO);
    CHECK_ERR(mknod("dir", S_IFDIR | 0777, 0), EPERM);
    CHECK_ERR(mknod("odd", 0150000, 0), EINVAL);
    CHECK_ERR(mknod("fifo", S_IFIFO | 0666, 0), EEXIST);
    CHECK_ERR(mknod(".", S_IFREG | 0666, 0), EEXIST);
    CHECK_ERR(mknod("none/x", S_IFREG | 0666, 0), ENOENT);
    CHECK_ERR(mknod("file/x", S_IFREG | 0666, 0), ENOTDIR);
    CHECK_ERR(mknod("", S_IFREG | 0666, 0), ENOENT);
    CHECK_ERR(mknod("x/", S_IFREG | 0666, 0), ENOENT);
    CHECK_ERR(syscall(SYS_mknod, NULL, S_IFREG | 0666, 0), EFAULT);
    CHECK_ERR(syscall(SYS_mknodat, AT_FDCWD, BAD_KERNEL, S_IFREG | 0666, 0), EFAULT);
    int dir = open(".", O_RDONLY), file = open("file", O_RDONLY);
    CHECK_OK(mknodat(dir, "at", S_IFREG | 0666, 0));
    CHECK_OK(access("at", F_OK));
    CHECK_ERR(mknodat(file, "x", S_IFREG | 0666, 0), ENOTDIR);
    CHECK_ERR(mknodat(77, "x", S_IFREG | 0666, 0), EBADF);
    close(dir);
    close(file);
}

static void check_devices(void)
{
    struct stat st;
    char byte = 'x';
    if (!as_root("device nodes"))
        return;
    CHECK_OK(mknod("zero", S_IFCHR | 0666, makedev(1, 5)));
    CHECK_OK(stat("zero", &st));
    CHECK_EQ(st.st_mode, S_IFCHR | 0644);
    CHECK_EQ(st.st_rdev, makedev(1, 5));
    int fd = open("zero", O_RDONLY);
    CHECK_EQ(read(fd, &byte, 1), 1);
    CHECK_EQ(byte, 0);
    close(fd);
    CHECK_OK(mknod("nothing", S_IFCHR | 0666, makedev(511, 77)));
    CHECK_OK(stat("nothing", &st));
    CHECK_EQ(st.st_rdev, makedev(511, 77));
    CHECK_ERR(open("nothing", O_RDONLY), ENXIO); /* no such device */
    CHECK_OK(mknod("block", S_IFBLK | 0666, makedev(511, 77)));
    CHECK_OK(stat("block", &st));
    CHECK_EQ(st.st_mode, S_IFBLK | 0644);
    CHECK_ERR(open("block", O_RDONLY), ENXIO);
    CHECK_OK(mkdir("open", 0777));
    CHECK_OK(chmod("open", 0777));
    become(USER);
    CHECK_ERR(mknod("open/zero", S_IFCHR | 0666, makedev(1, 5)), EPERM);
    CHECK_ERR(mknod("open/block", S_IFBLK | 0666, makedev(1, 5)), EPERM);
    CHECK_OK(mknod("open/fifo", S_IFIFO | 0666, 0));
    CHECK_OK(mknod("open/file", S_IFREG | 0666, 0));
    CHECK_ERR(mknod("x", S_IFREG | 0666, 0), EACCES);
    become_root();
}

int main(void)
{
    check_kinds();
    chmod(".", 0755);
    check_devices();
    return check_done();
}
