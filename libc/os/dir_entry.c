/* The methods of os.DirEntry: by what the directory says of the entry, otherwise by a stat. */
/* SPDX-License-Identifier: MIT */
#include <dirent.h>
#include "os_internal.h"

/* 1 if the entry is of this type. A name that has been removed meanwhile is of no type. */
static int is_type(const struct os_DirEntry *entry, bool follow, mode_t type)
{
    bool ask = entry->d_type == DT_UNKNOWN || (follow && entry->d_type == DT_LNK);
    struct stat st;

    if (!ask)
        return DTTOIF((mode_t)entry->d_type) == type;
    long result = sys_newfstatat(AT_FDCWD, entry->path, &st, follow ? 0 : AT_SYMLINK_NOFOLLOW);
    if (result == -ENOENT)
        return 0;
    return result < 0 ? (int)syscall_ret(result) : (st.st_mode & S_IFMT) == type;
}

int os_DirEntry_is_dir(const struct os_DirEntry *entry, bool follow_symlinks)
{
    return is_type(entry, follow_symlinks, S_IFDIR);
}

int os_DirEntry_is_file(const struct os_DirEntry *entry, bool follow_symlinks)
{
    return is_type(entry, follow_symlinks, S_IFREG);
}

int os_DirEntry_is_symlink(const struct os_DirEntry *entry)
{
    return is_type(entry, false, S_IFLNK);
}

ino_t os_DirEntry_inode(const struct os_DirEntry *entry)
{
    return entry->d_ino;
}

struct os_stat_result os_DirEntry_stat(const struct os_DirEntry *entry, bool follow_symlinks)
{
    return follow_symlinks ? os_stat(entry->path) : os_lstat(entry->path);
}
