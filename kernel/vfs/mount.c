/* File systems in the tree: mounting, statfs, sync, the root of a process. */
#include "abi/statfs.h"
#include "local.h"
#include "syscall_calls.h"

#define MAX_MOUNTS 8

/* Filled while the kernel starts, then constant. */
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

struct entry *vfs_mount_point(const struct entry *root)
{
    for (unsigned i = 0; i < n_mounts; i++)
        if (mounts[i].at == root)
            return mounts[i].covers;
    return NULL;
}

struct entry *mount_root(const struct entry *entry)
{
    for (unsigned i = 0; i < n_mounts; i++)
        if (mounts[i].covers == entry)
            return mounts[i].at;
    return NULL;
}

int vfs_mount(struct fs_context *fs, const char *path, struct filesystem *filesystem)
{
    struct entry *entry;
    if (n_mounts == MAX_MOUNTS)
        return -ENOMEM;
    int err = path_walk(fs, AT_FDCWD, path, WALK_FOLLOW | WALK_DIRECTORY, &entry);
    if (err)
        return err;
    entry_ref(filesystem->root);
    mounts[n_mounts++] = (struct mount_info){
        .at = filesystem->root,
        .covers = entry, /* keeps the walk's reference */
        .fs = filesystem,
    };
    entry->mounted = true;
    return 0;
}

static struct fs_process kernel_process; /* the kernel itself, at boot */

void vfs_init(struct filesystem *root_fs, struct fs_context *kernel_context)
{
    rename_setup();
    lock_setup();
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

/* ---- Calls ---- */

static long give_statfs(struct filesystem *filesystem, uaddr_t buf)
{
    struct statfs st = {
        .f_bsize = PAGE_SIZE,
        .f_frsize = PAGE_SIZE,
        .f_namelen = NAME_MAX,
        .f_flags = ST_VALID | ST_RELATIME,
        .f_fsid = {{(int)filesystem->dev, 0}},
    };
    if (filesystem->statfs)
        filesystem->statfs(filesystem, &st);
    return user_copy_out(buf, &st, sizeof(st));
}

long sys_statfs(struct fs_context *fs, const char *path, uaddr_t buf)
{
    struct entry *entry;
    int err = path_walk(fs, AT_FDCWD, path, WALK_FOLLOW, &entry);
    if (err)
        return err;
    long result = give_statfs(entry->inode->fs, buf);
    entry_unref(entry);
    return result;
}

long sys_fstatfs(struct fs_context *fs, int fd, uaddr_t buf)
{
    struct file *file;
    int err = fd_get_any(fs, fd, &file);
    if (err)
        return err;
    long result = give_statfs(file->inode->fs, buf);
    file_unref(file);
    return result;
}

/* Memory is the storage: there is nothing to write back to. */
long sys_sync(struct fs_context *fs)
{
    (void)fs;
    return 0;
}

long sys_syncfs(struct fs_context *fs, int fd)
{
    struct file *file;
    int err = fd_get(fs, fd, &file);
    if (!err)
        file_unref(file);
    return err;
}

long sys_chroot(struct fs_context *fs, const char *path)
{
    struct entry *entry;
    int err = path_walk(fs, AT_FDCWD, path, WALK_FOLLOW | WALK_DIRECTORY, &entry);
    if (err)
        return err;
    err = fs_permission(fs, entry->inode, MAY_EXEC);
    struct cred *cred = fs_cred(fs);
    if (!err && cred->euid != 0)
        err = -EPERM;
    cred_unref(cred);
    if (err) {
        entry_unref(entry);
        return err;
    }
    fs_set_names(fs, entry, NULL);
    return 0;
}
