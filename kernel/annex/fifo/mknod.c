/* mknod: makes FIFOs, devices, names of sockets and empty regular files. */
/* SPDX-License-Identifier: MIT */
#include "syscall_calls.h"
#include "vfs/local.h"

/* The mode with its type, or -errno for types that this call does not make. */
static long node_mode(mode_t mode)
{
    switch (mode & S_IFMT) {
    case 0: return S_IFREG | (mode & 07777);
    case S_IFREG:
    case S_IFIFO:
    case S_IFSOCK:
    case S_IFCHR:
    case S_IFBLK: return mode & (S_IFMT | 07777);
    case S_IFDIR: return -EPERM;
    default: return -EINVAL;
    }
}

/* Only root may make devices, except whiteouts (0/0), as on Linux since 5.8. Errors of the name
 * come before that one. */
long sys_mknodat(struct fs_context *fs, int dirfd, const char *path, mode_t mode, dev_t dev)
{
    long full = node_mode(mode);
    if (full < 0)
        return full;
    bool is_device = S_ISCHR(full) || S_ISBLK(full);
    bool is_whiteout = S_ISCHR(full) && dev == 0;
    if (!is_device || is_whiteout || fs_is_root(fs))
        return make_node(fs, dirfd, path, (uint32_t)full, is_device ? dev : 0, NULL);
    struct last_name last;
    int err = make_begin(fs, dirfd, path, &last);
    if (err)
        return err;
    struct dentry *there;
    err = dentry_lookup(last.dir, last.name, last.len, &there);
    if (!err) {
        dentry_unref(there);
        err = -EEXIST;
    } else {
        err = make_check(fs, &last, false);
    }
    last_name_release(&last);
    return err ? err : -EPERM;
}

long sys_mknod(struct fs_context *fs, const char *path, mode_t mode, dev_t dev)
{
    return sys_mknodat(fs, AT_FDCWD, path, mode, dev);
}
