/* Contexts: what the vfs needs to know of a thread.
 *
 * A context refers to the thread's names (root, working directory, umask) and descriptors, which
 * clone can share between threads and processes, and to the credentials of its process.
 *
 * Every walk along a path reads the root or the working directory, so this must be cheap. Only
 * threads that share the names can change them, so a thread that is their only user takes no lock.
 * No other thread can begin to share them meanwhile: clone is called by the thread itself. For the
 * credentials the same holds as long as the process has one thread.
 *
 * /proc looks at the context of another thread (fd_next). Such a thread may end at any moment. It
 * then sets its pointers to NULL with fs->lock held, before it drops its references. */
/* SPDX-License-Identifier: MIT */
#include "local.h"

const struct lock_ops *vfs_locks;
const struct guard_ops *vfs_guard;

static OBJECT_CACHE(names_cache, struct fs_names);

/* ---- Names ---- */

struct fs_names *fs_names_create(struct dentry *root, struct dentry *cwd, uint32_t umask)
{
    struct fs_names *names = object_alloc(&names_cache);
    if (!names)
        return NULL;
    *names = (struct fs_names){
        .refs = 1,
        .lock = SPINLOCK("names of a thread", RANK_FDS),
        .root = root,
        .cwd = cwd,
        .umask = umask,
    };
    dentry_ref(root);
    dentry_ref(cwd);
    return names;
}

/* A copy of the calling thread's names, with one reference. NULL: out of memory. */
static struct fs_names *names_copy(struct fs_names *from)
{
    struct fs_names *names = object_alloc(&names_cache);
    if (!names)
        return NULL;
    bool locked = names_lock_if_shared(from);
    *names = *from;
    dentry_ref(names->root);
    dentry_ref(names->cwd);
    names_unlock_if(from, locked);
    names->refs = 1;
    names->n_execs = 0;
    spin_init(&names->lock, from->lock.name, RANK_FDS);
    return names;
}

static void names_unref(struct fs_names *names)
{
    if (__atomic_sub_fetch(&names->refs, 1, __ATOMIC_ACQ_REL) != 0)
        return;
    dentry_unref(names->cwd);
    dentry_unref(names->root);
    object_free(&names_cache, names);
}

struct dentry *fs_root(struct fs_context *fs)
{
    struct fs_names *names = fs->names;
    bool locked = names_lock_if_shared(names);
    struct dentry *root = names->root;
    dentry_ref(root);
    names_unlock_if(names, locked);
    return root;
}

struct dentry *fs_cwd(struct fs_context *fs)
{
    struct fs_names *names = fs->names;
    bool locked = names_lock_if_shared(names);
    struct dentry *cwd = names->cwd;
    dentry_ref(cwd);
    names_unlock_if(names, locked);
    return cwd;
}

void fs_set_names(struct fs_context *fs, struct dentry *root, struct dentry *cwd)
{
    struct fs_names *names = fs->names;
    struct dentry *former = NULL;
    spin_lock(&names->lock);
    if (root) {
        former = names->root;
        names->root = root;
    } else {
        former = names->cwd;
        names->cwd = cwd;
    }
    spin_unlock(&names->lock);
    dentry_unref(former);
}

/* ---- Credentials and signals of the process ---- */

struct cred *fs_cred(struct fs_context *fs)
{
    struct fs_process *process = fs->process;
    bool shared = __atomic_load_n(&process->n_threads, __ATOMIC_RELAXED) > 1;
    if (unlikely(shared))
        spin_lock(&process->lock);
    struct cred *cred = process->cred;
    cred_ref(cred);
    if (unlikely(shared))
        spin_unlock(&process->lock);
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

/* ---- Contexts ---- */

void fs_process_copy(struct fs_process *to, struct fs_process *from)
{
    spin_lock(&from->lock);
    *to = (struct fs_process){
        .lock = SPINLOCK("fs of a process", RANK_FDS),
        .cred = from->cred,
        .limit_files = from->limit_files,
        .limit_file_bytes = from->limit_file_bytes,
        .n_threads = 1,
    };
    cred_ref(to->cred);
    spin_unlock(&from->lock);
}

/* The same names with one more reference. NULL while a set-id program is being started with them:
 * it must not share its root and working directory with a process that has fewer rights. */
static struct fs_names *names_share(struct fs_names *names)
{
    spin_lock(&names->lock);
    bool may = !names->n_execs;
    if (may)
        __atomic_fetch_add(&names->refs, 1, __ATOMIC_RELAXED);
    spin_unlock(&names->lock);
    return may ? names : NULL;
}

int fs_context_copy(struct fs_context *to, struct fs_context *from, struct fs_process *process,
                    bool share_names, bool share_fds)
{
    *to = (struct fs_context){
        .lock = SPINLOCK("fs context", RANK_FDS),
        .process = process,
    };
    struct fs_names *names = share_names ? names_share(from->names) : names_copy(from->names);
    if (!names)
        return share_names ? -EAGAIN : -ENOMEM;
    struct fd_table *fds = from->fds;
    if (share_fds)
        __atomic_fetch_add(&fds->refs, 1, __ATOMIC_RELAXED);
    else
        fds = fd_table_copy(fds);
    if (!fds) {
        names_unref(names);
        return -ENOMEM;
    }
    to->names = names;
    to->fds = fds;
    return 0;
}

/* Both copies are made first: if there is memory for only one, nothing is changed. A table that is
 * not shared is kept. It cannot become shared meanwhile, because only this thread could do that. */
int fs_context_unshare(struct fs_context *fs, bool names, bool fds)
{
    struct fs_names *old_names = fs->names, *own_names = old_names;
    struct fd_table *old_fds = fs->fds, *own_fds = old_fds;
    if (names && __atomic_load_n(&old_names->refs, __ATOMIC_ACQUIRE) > 1)
        own_names = names_copy(old_names);
    if (fds && __atomic_load_n(&old_fds->refs, __ATOMIC_ACQUIRE) > 1)
        own_fds = fd_table_copy(old_fds);
    bool done = own_names && own_fds;
    if (done) {
        spin_lock(&fs->lock);
        fs->names = own_names;
        fs->fds = own_fds;
        spin_unlock(&fs->lock);
    }
    if (own_names && own_names != old_names)
        names_unref(done ? old_names : own_names);
    if (own_fds && own_fds != old_fds)
        fd_table_unref(done ? old_fds : own_fds);
    return done ? 0 : -ENOMEM;
}

void fs_context_close_on_exec(struct fs_context *fs)
{
    fd_table_close_on_exec(fs->fds);
}

void fs_context_release(struct fs_context *fs)
{
    spin_lock(&fs->lock);
    struct fs_names *names = fs->names;
    struct fd_table *fds = fs->fds;
    fs->names = NULL;
    fs->fds = NULL;
    spin_unlock(&fs->lock);
    if (fds)
        fd_table_unref(fds);
    if (names)
        names_unref(names);
}
