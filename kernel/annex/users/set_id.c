/* Programs that run with the rights of their file's owner or group: set-user-id, set-group-id. */
/* SPDX-License-Identifier: MIT */
#include "annex.h"
#include "proc/private.h"

/* Applies the set-id bits of a file. Mode and owner are read with the inode's lock held, because
 * chown removes the bits when it changes the owner: the new owner with the old bits would be a
 * wrong pair. If the caller may no longer execute the file, it was changed after it was opened, and
 * its bits do not count. Takes the inode's lock. */
static void take_set_id(struct cred *cred, const struct cred *caller, struct inode *inode)
{
    spin_lock(&inode->lock);
    uint32_t mode = inode->mode, uid = inode->uid, gid = inode->gid;
    bool may_run = inode_permission(caller, inode, 1) == 0;
    spin_unlock(&inode->lock);
    if (may_run && mode & S_ISUID)
        cred->euid = uid;
    if (may_run && (mode & (S_ISGID | S_IXGRP)) == (S_ISGID | S_IXGRP))
        cred->egid = gid;
}

/* Do threads of other processes share the names (CLONE_FS)? One of them could change the working
 * directory under a program with more rights. If none does, none can start to until exec is done.
 * Takes the names' lock and proc_lock. */
static bool shares_names(struct exec *exec)
{
    struct fs_names *names = exec->fs->names;
    struct thread *thread;
    uint32_t n_own = 0;
    spin_lock(&names->lock);
    spin_lock(&proc_lock);
    list_for_each(thread, &exec->process->threads, process_node)
        n_own += thread->fs.names == names;
    spin_unlock(&proc_lock);
    bool shares = __atomic_load_n(&names->refs, __ATOMIC_RELAXED) > n_own;
    if (!shares)
        names->n_execs++;
    spin_unlock(&names->lock);
    exec->forbids_sharing = !shares;
    return shares;
}

static void allow_sharing(struct exec *exec)
{
    struct fs_names *names = exec->fs->names;
    spin_lock(&names->lock);
    names->n_execs--;
    spin_unlock(&names->lock);
}

/* As on Linux, a set-id program that shares its names runs with the rights of its real user only,
 * unless root starts it. Takes the names' lock and proc_lock. */
static void set_ids(struct exec *exec, const struct cred *now)
{
    struct cred *cred = exec->cred;
    if (!exec->process->no_new_privs)
        take_set_id(cred, now, exec->file->inode);
    bool other = cred->euid != now->uid || cred->egid != now->gid;
    bool limited = other && tracer_hooks.limits && tracer_hooks.limits(current_thread());
    if (other && (shares_names(exec) || limited) && now->euid != 0) {
        cred->euid = now->uid;
        cred->egid = now->gid;
    }
}

static void start(struct fs_context *fs, const char *command_line)
{
    (void)fs, (void)command_line;
    annex_hooks.set_ids = set_ids;
    annex_hooks.allow_sharing = allow_sharing;
}

ANNEX(users, ANNEX_DEVICES, start);
