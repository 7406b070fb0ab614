/* Mounts: file systems in the tree of names, and the start of the vfs.
 *
 * A mount joins two dentries: the root of a file system, and the dentry on which it is mounted.
 * From then on a lookup that finds the second gives the first instead, so the directory below is
 * hidden. Upwards it is the other way round: the parent of a mounted root is the parent of the
 * dentry that it covers.
 *
 * There are few mounts, all made while the kernel starts, so a small array is enough, and it is
 * read without a lock. The flag dentry->mounted makes the usual lookup cheap: the array is searched
 * only for a dentry that has the flag. Programs can neither mount nor unmount. A covered dentry
 * cannot be removed or renamed (EBUSY). */
/* SPDX-License-Identifier: MIT */
#include "local.h"

#define MAX_MOUNTS 8

/* Constant after the start. */
static struct mount_info mounts[MAX_MOUNTS];
static unsigned n_mounts;

bool vfs_mount_at(unsigned index, struct mount_info *info)
{
    if (index < n_mounts)
        *info = mounts[index];
    return index < n_mounts;
}

uint64_t vfs_mount_id(const struct filesystem *fs)
{
    for (unsigned i = 0; i < n_mounts; i++)
        if (mounts[i].fs == fs)
            return i + 1;
    return MAX_MOUNTS + fs->dev;
}

struct dentry *vfs_mount_point(const struct dentry *root)
{
    for (unsigned i = 0; i < n_mounts; i++)
        if (mounts[i].at == root)
            return mounts[i].covers;
    return NULL;
}

struct dentry *mount_root(const struct dentry *dentry)
{
    for (unsigned i = 0; i < n_mounts; i++)
        if (mounts[i].covers == dentry)
            return mounts[i].at;
    return NULL;
}

int vfs_mount(struct fs_context *fs, const char *path, struct filesystem *filesystem)
{
    struct dentry *dentry;
    if (n_mounts == MAX_MOUNTS)
        return -ENOMEM;
    int err = path_walk(fs, AT_FDCWD, path, WALK_FOLLOW | WALK_DIRECTORY, &dentry);
    if (err)
        return err;
    dentry_ref(filesystem->root);
    mounts[n_mounts++] = (struct mount_info){
        .at = filesystem->root,
        .covers = dentry, /* keeps the walk's reference */
        .fs = filesystem,
    };
    dentry->mounted = true;
    return 0;
}

static struct fs_process kernel_process; /* for the kernel's own context */

void vfs_init(struct filesystem *root_fs, struct fs_context *kernel_context)
{
    rename_setup();
    kernel_process = (struct fs_process){
        .lock = SPINLOCK("fs of a process", RANK_FDS),
        .cred = cred_create_root(),
        .limit_files = 1024,
        .limit_file_bytes = UINT64_MAX,
        .n_threads = 1,
    };
    *kernel_context = (struct fs_context){
        .lock = SPINLOCK("fs context", RANK_FDS),
        .names = fs_names_create(root_fs->root, root_fs->root, 022),
        .fds = fd_table_create(),
        .process = &kernel_process,
    };
    assert(kernel_context->names && kernel_context->fds && kernel_process.cred);
    n_mounts = 0;
    mounts[n_mounts++] = (struct mount_info){.at = root_fs->root, .fs = root_fs};
}
