/* /proc/PID/ns: links whose text and target are one namespace, the same for parent and child.
 * needs: procfs users */
/* SPDX-License-Identifier: MIT */
#include "proc_text.h"
#include <sched.h>
#include <sys/ioctl.h>

static const char *const kinds[] = {"mnt", "pid", "user", "uts"};

static char path[64];

static const char *ns_of(pid_t pid, const char *kind)
{
    snprintf(path, sizeof path, "/proc/%d/ns/%s", (int)pid, kind);
    return path;
}

#define NS_GET_USERNS    0xb701
#define NS_GET_PARENT    0xb702
#define NS_GET_NSTYPE    0xb703
#define NS_GET_OWNER_UID 0xb704

/* What an open one tells of itself; the first one has no parent. */
static void check_open(int fd, const char *kind)
{
    uid_t owner = 5;
    struct stat st, seen;
    bool is_user = strcmp(kind, "user") == 0, is_pid = strcmp(kind, "pid") == 0;
    int type = ioctl(fd, NS_GET_NSTYPE);
    CHECK_EQ(type, is_user  ? CLONE_NEWUSER
                   : is_pid ? CLONE_NEWPID
                            : (*kind == 'm' ? CLONE_NEWNS : CLONE_NEWUTS));
    CHECK_ERR(ioctl(fd, NS_GET_PARENT), is_user || is_pid ? EPERM : EINVAL);
    CHECK_ERR(ioctl(fd, 0xb7ff), ENOTTY);
    if (is_user) {
        CHECK_ERR(ioctl(fd, NS_GET_USERNS), EPERM);
        CHECK_OK(ioctl(fd, NS_GET_OWNER_UID, &owner));
        CHECK_EQ(owner, 0);
        CHECK_ERR(ioctl(fd, NS_GET_OWNER_UID, BAD_KERNEL), EFAULT);
        return;
    }
    CHECK_ERR(ioctl(fd, NS_GET_OWNER_UID, &owner), EINVAL);
    int user = ioctl(fd, NS_GET_USERNS);
    CHECK_OK(user);
    CHECK_EQ(fcntl(user, F_GETFD), FD_CLOEXEC);
    CHECK_OK(fstat(user, &st));
    CHECK_OK(stat("/proc/self/ns/user", &seen));
    CHECK_EQ(st.st_ino == seen.st_ino && st.st_dev == seen.st_dev, 1);
    close(user);
}

static void check_kind(const char *kind, pid_t child)
{
    char link[64] = "", other[64] = "", wanted[64];
    struct stat st, seen;
    CHECK(readlink(ns_of(getpid(), kind), link, sizeof link - 1) > 0);
    CHECK_OK(lstat(path, &st));
    CHECK_EQ(st.st_mode, S_IFLNK | 0777);
    CHECK_OK(stat(path, &st));
    CHECK_EQ(st.st_mode, S_IFREG | 0444);
    snprintf(wanted, sizeof wanted, "%s:[%lu]", kind, (unsigned long)st.st_ino);
    CHECK_STR(link, wanted);
    CHECK(readlink(ns_of(child, kind), other, sizeof other - 1) > 0);
    CHECK_STR(other, link);
    int fd = open(path, O_RDONLY);
    CHECK_OK(fd);
    CHECK_OK(fstat(fd, &seen));
    CHECK_EQ(seen.st_ino == st.st_ino && seen.st_dev == st.st_dev, 1);
    CHECK_ERR(read(fd, link, 1), EINVAL);
    check_open(fd, kind);
    CHECK_ERR(fchmod(fd, 0600), EPERM);
    close(fd);
    CHECK_ERR(open(path, O_RDWR), EPERM);
}

int main(void)
{
    struct stat st;
    CHECK_OK(stat("/proc/self/ns", &st));
    CHECK_EQ(st.st_mode, S_IFDIR | 0511);
    CHECK_OK(access("/proc/thread-self/ns/mnt", F_OK));
    pid_t child = child_that_pauses();
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        check_kind(kinds[i], child);
    if (as_root("namespaces of others")) {
        become(USER);
        char link[64];
        CHECK_ERR(readlink(ns_of(child, "mnt"), link, sizeof link), EACCES);
        CHECK_ERR(open(path, O_RDONLY), EACCES);
        become_root();
    }
    kill(child, SIGKILL);
    CHECK_EQ(status_of(child), SIGKILL);
    return check_done();
}
