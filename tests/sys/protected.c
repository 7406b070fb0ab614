/* /proc/sys/fs/protected_*: what each value allows with names that another user has planted.
 * needs: protect procfs users files fifo counts */
/* SPDX-License-Identifier: MIT */
#include "helpers.h"

#define SETTINGS "/proc/sys/fs/protected_"

static int level_of(const char *name)
{
    char path[64];
    snprintf(path, sizeof path, SETTINGS "%s", name);
    const char *value = contents(path);
    return value ? atoi(value) : -1;
}

/* 0 or the error. */
static int set_level(const char *name, const char *level)
{
    char path[64];
    snprintf(path, sizeof path, SETTINGS "%s", name);
    int fd = open(path, O_WRONLY);
    if (fd < 0)
        return errno;
    int error = write(fd, level, strlen(level)) < 0 ? errno : 0;
    close(fd);
    return error;
}

/* The error of an open by that user. */
static int open_as(uid_t user, const char *path, int flags)
{
    become(user);
    int fd = open(path, flags, 0600), error = fd < 0 ? errno : 0;
    become_root();
    if (fd >= 0)
        close(fd);
    return error;
}

/* A sticky directory of root's with a file of each kind of OTHER's, for all and for the group. */
static void plant(const char *dir, mode_t mode)
{
    CHECK_OK(mkdir(dir, 0700));
    CHECK_OK(chdir(dir));
    make_file("file", "text");
    CHECK_OK(mkfifo("fifo", 0600));
    CHECK_OK(mknod("socket", S_IFSOCK | 0666, 0));
    CHECK_OK(symlink("file", "link"));
    CHECK_OK(symlink("../inner", "outer"));
    static const char *const names[] = {"file", "fifo", "socket", "link", "outer"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        CHECK_OK(lchown(names[i], OTHER, OTHER));
    CHECK_OK(chmod("file", 0666));
    CHECK_OK(chmod("fifo", 0666));
    CHECK_OK(chown(".", 0, USER));
    CHECK_OK(chmod(".", mode));
    CHECK_OK(chdir(".."));
}

static void unplant(const char *dir)
{
    CHECK_OK(chdir(dir));
    static const char *const names[] = {"file", "fifo", "socket", "link", "outer"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        CHECK_OK(unlink(names[i]));
    CHECK_OK(chdir(".."));
    CHECK_OK(rmdir(dir));
}

static void check_symlinks(int level)
{
    int refused = level ? EACCES : 0;
    CHECK_EQ(open_as(USER, "all/link", O_RDONLY), refused);
    CHECK_EQ(open_as(0, "all/link", O_RDONLY), refused);
    CHECK_EQ(open_as(OTHER, "all/link", O_RDONLY), 0);
    CHECK_EQ(open_as(USER, "all/link", O_RDONLY | O_NOFOLLOW), ELOOP);
    CHECK_EQ(open_as(USER, "group/link", O_RDONLY), 0);
    CHECK_EQ(open_as(USER, "all/outer/file", O_RDONLY), 0); /* not the last component */
    struct stat st;
    CHECK_EQ(stat("all/link", &st) < 0 ? errno : 0, refused);
    CHECK_EQ(stat("all/outer", &st) < 0 ? errno : 0, refused);
    CHECK_OK(lstat("all/link", &st));
    CHECK_OK(lchown("all/link", 0, 0));
    CHECK_EQ(open_as(USER, "all/link", O_RDONLY), 0); /* the directory's owner's */
    CHECK_OK(lchown("all/link", OTHER, OTHER));
}

static void check_planted(const char *name, int level, int otherwise)
{
    char all[32], group[32];
    snprintf(all, sizeof all, "all/%s", name);
    snprintf(group, sizeof group, "group/%s", name);
    int flags = O_RDWR | O_NONBLOCK | O_CREAT;
    CHECK_EQ(open_as(USER, all, flags), level >= 1 ? EACCES : otherwise);
    CHECK_EQ(open_as(0, all, flags), level >= 1 ? EACCES : otherwise);
    CHECK_EQ(open_as(USER, group, flags), level >= 2 ? EACCES : otherwise);
    CHECK_EQ(open_as(USER, all, flags & ~O_CREAT), otherwise);
    CHECK_EQ(open_as(OTHER, all, flags), otherwise);
    CHECK_EQ(open_as(USER, all, flags | O_EXCL), EEXIST);
}

static void check_hardlinks(int level)
{
    CHECK_OK(chmod("all/file", 0644));
    become(USER);
    int error = link("all/file", "all/second") < 0 ? errno : 0;
    become_root();
    CHECK_EQ(error, level ? EPERM : 0);
    if (!error)
        CHECK_OK(unlink("all/second"));
    CHECK_OK(chmod("all/file", 0666));
}

static void check_all(void)
{
    check_symlinks(level_of("symlinks"));
    check_planted("file", level_of("regular"), 0);
    check_planted("fifo", level_of("fifos"), 0);
    check_planted("socket", 1, ENXIO);
    check_hardlinks(level_of("hardlinks"));
}

static void check_values(void)
{
    CHECK_EQ(set_level("regular", "3"), EINVAL);
    CHECK_EQ(set_level("hardlinks", "2"), EINVAL);
    CHECK_EQ(set_level("symlinks", "-1"), EINVAL);
    CHECK_EQ(set_level("fifos", "x"), EINVAL);
    CHECK_EQ(set_level("fifos", " "), EINVAL);
}

/* The settings are the whole machine's: they are changed only where the machine is the test's. */
static void check_other_levels(void)
{
    static const char *const names[] = {"symlinks", "regular", "fifos", "hardlinks"};
    static const char *const levels[] = {"1\n", "2\n", " 2 \n", "0\n"};
    char before[4][8];
    for (int i = 0; i < 4; i++) {
        snprintf(before[i], sizeof before[i], "%d", level_of(names[i]));
        CHECK_OK(set_level(names[i], levels[i]));
        CHECK_EQ(level_of(names[i]), atoi(levels[i]));
    }
    check_all();
    CHECK_OK(set_level("regular", "1"));
    check_all();
    for (int i = 0; i < 4; i++)
        CHECK_OK(set_level(names[i], before[i]));
}

int main(void)
{
    CHECK(level_of("symlinks") >= 0 && level_of("regular") >= 0);
    CHECK(level_of("fifos") >= 0 && level_of("hardlinks") >= 0);
    if (!as_root("files of other users"))
        return check_done();
    umask(0);
    CHECK_OK(mkdir("inner", 0755));
    make_file("inner/file", "");
    plant("all", 01777);
    plant("group", 01770);
    check_all();
    check_values();
    if (access("/proc/kcounts", F_OK) == 0)
        CHECK_CHILD("all values", {
            if (freopen("/dev/null", "w", stdout)) /* Linux does not make these checks */
                check_other_levels();
            _exit(check_done());
        });
    else
        SKIP("all values: child's wait status", "others use the machine");
    unplant("all");
    unplant("group");
    CHECK_OK(unlink("inner/file"));
    CHECK_OK(rmdir("inner"));
    return check_done();
}
