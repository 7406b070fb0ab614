/* Questions about paths: is it there, what is it, is it the same? */
/* SPDX-License-Identifier: MIT */
#include "os_internal.h"

/* The mode of the file, 0 if there is none. */
static mode_t mode_of(const char *path, bool follow)
{
    struct stat st;

    return syscall_ret(follow ? sys_stat(path, &st) : sys_lstat(path, &st)) < 0 ? 0 : st.st_mode;
}

bool os_path_exists(const char *path)
{
    return mode_of(path, true) != 0;
}

bool os_path_lexists(const char *path)
{
    return mode_of(path, false) != 0;
}

bool os_path_isdir(const char *path)
{
    return S_ISDIR(mode_of(path, true));
}

bool os_path_isfile(const char *path)
{
    return S_ISREG(mode_of(path, true));
}

bool os_path_islink(const char *path)
{
    return S_ISLNK(mode_of(path, false));
}

bool os_path_isabs(const char *path)
{
    return *path == '/';
}

off_t os_path_getsize(const char *path)
{
    struct os_stat_result st = os_stat(path);

    return st.st_mode ? st.st_size : -1;
}

bool os_path_samestat(struct os_stat_result s1, struct os_stat_result s2)
{
    return s1.st_ino == s2.st_ino && s1.st_dev == s2.st_dev;
}

int os_path_samefile(const char *path1, const char *path2)
{
    struct os_stat_result s1 = os_stat(path1), s2;

    if (!s1.st_mode)
        return -1;
    s2 = os_stat(path2);
    return s2.st_mode ? os_path_samestat(s1, s2) : -1;
}

int os_path_sameopenfile(int fd1, int fd2)
{
    struct os_stat_result s1 = os_fstat(fd1), s2;

    if (!s1.st_mode)
        return -1;
    s2 = os_fstat(fd2);
    return s2.st_mode ? os_path_samestat(s1, s2) : -1;
}

/* A directory is a mount point if its parent is on another device, or is the directory itself. */
bool os_path_ismount(const char *path)
{
    struct os_stat_result s1 = os_lstat(path), s2 = {0};

    if (!s1.st_mode || S_ISLNK(s1.st_mode))
        return false;
    char *up = os_path_join(path, "..");
    char *parent = up ? os_path_realpath(up) : NULL;
    if (parent)
        s2 = os_lstat(parent);
    free(up);
    free(parent);
    return s2.st_mode && (s1.st_dev != s2.st_dev || s1.st_ino == s2.st_ino);
}
