/* What of a process the vfs needs: root, working directory, descriptors, credentials, umask. */
#include "local.h"

void (*vfs_mask_signals)(uint64_t mask);
struct user *(*vfs_payer)(bool *privileged);
bool (*vfs_number_used)(int number);

struct entry *fs_root(struct fs_context *fs)
{
    bool locked = fs_lock_if_shared(fs);
    struct entry *root = fs->root;
    entry_ref(root);
    fs_unlock_if(fs, locked);
    return root;
}

struct entry *fs_cwd(struct fs_context *fs)
{
    bool locked = fs_lock_if_shared(fs);
    struct entry *cwd = fs->cwd;
    entry_ref(cwd);
    fs_unlock_if(fs, locked);
    return cwd;
}

struct cred *fs_cred(struct fs_context *fs)
{
    bool locked = fs_lock_if_shared(fs);
    struct cred *cred = fs->cred;
    cred_ref(cred);
    fs_unlock_if(fs, locked);
    return cred;
}

int fs_ask_permission(struct fs_context *fs, struct inode *inode, unsigned want)
{
    struct cred *cred = fs_cred(fs);
    int err = inode_permission(cred, inode, want);
    cred_unref(cred);
    return err;
}

bool fs_owns(struct fs_context *fs, struct inode *inode)
{
    struct cred *cred = fs_cred(fs);
    bool owns = cred_is_root(cred) || cred->fsuid == inode->uid;
    cred_unref(cred);
    return owns;
}

bool fs_is_root(struct fs_context *fs)
{
    struct cred *cred = fs_cred(fs);
    bool is_root = cred_is_root(cred);
    cred_unref(cred);
    return is_root;
}

void fs_raise(struct fs_context *fs, int signal)
{
    if (fs->raise)
        fs->raise(signal);
}

int fs_context_copy(struct fs_context *to, struct fs_context *from, bool share_fds)
{
    struct fd_table *fds = from->fds;
    if (share_fds)
        __atomic_fetch_add(&fds->refs, 1, __ATOMIC_RELAXED);
    else
        fds = fd_table_copy(fds);
    if (!fds)
        return -ENOMEM;
    spin_lock(&from->lock);
    *to = (struct fs_context){
        .lock = SPINLOCK("fs context", RANK_FDS),
        .root = from->root,
        .cwd = from->cwd,
        .fds = fds,
        .cred = from->cred,
        .umask = from->umask,
        .limit_files = from->limit_files,
        .limit_file_bytes = from->limit_file_bytes,
        .raise = from->raise,
        .n_threads = 1,
    };
    entry_ref(to->root);
    entry_ref(to->cwd);
    cred_ref(to->cred);
    spin_unlock(&from->lock);
    return 0;
}

/* Who looks from another process holds the lock: fd_next. */
int fs_context_unshare_fds(struct fs_context *fs)
{
    struct fd_table *shared = fs->fds;
    if (__atomic_load_n(&shared->refs, __ATOMIC_ACQUIRE) == 1)
        return 0;
    if (fs->n_threads > 1)
        return -EINVAL;
    struct fd_table *own = fd_table_copy(shared);
    if (!own)
        return -ENOMEM;
    spin_lock(&fs->lock);
    fs->fds = own;
    spin_unlock(&fs->lock);
    fd_table_unref(shared);
    return 0;
}

void fs_context_close_on_exec(struct fs_context *fs)
{
    fd_table_close_on_exec(fs->fds);
}

void fs_context_release(struct fs_context *fs)
{
    fd_table_unref(fs->fds);
    entry_unref(fs->cwd);
    entry_unref(fs->root);
    cred_unref(fs->cred);
    fs->fds = NULL;
    fs->root = fs->cwd = NULL;
    fs->cred = NULL;
}
