/* rename: the checks, in the order in which Linux makes them, then the move.
 *
 * A rename looks up two names, checks that the move is allowed, and lets the file system do it. All
 * this must not be disturbed by other threads, for two reasons.
 *
 * First, directories must remain a tree. A directory must not be moved below itself: it would be an
 * island that no path reaches. To see that, rename follows the parents upwards from the new
 * directory (dentry_is_above). Two renames at once could make such a circle together although each
 * alone is allowed: a/x moves to b/y while b moves below a/x. So a mutex lets one rename happen at
 * a time, from the lookup to the move. Nothing else changes the parent of a dentry.
 *
 * Second, files may be made and removed at the same time, which the mutex does not prevent. The
 * file system checks with the directories' locks held that both names are still as they were looked
 * up. If not it answers -ESTALE, nothing has changed, and the rename starts again with the lookup.
 * Each repetition means that another call has succeeded, so this ends.
 *
 * If both names belong to the same inode, rename does nothing and succeeds: POSIX wants that. */
/* SPDX-License-Identifier: MIT */
#include "local.h"
#include "syscall_calls.h"

/* What an annex may know. */
#define RARE_FLAGS (RENAME_EXCHANGE | RENAME_WHITEOUT)

/* Held from the lookup to the move. */
static struct mutex rename_mutex;

void rename_setup(void)
{
    mutex_init(&rename_mutex, "rename", RANK_RENAME);
}

/* Looks up both names. 0 or -errno. */
static int look_up(struct renaming *r)
{
    struct dentry *found;
    int err = dentry_lookup(r->old.dir, r->old.name, r->old.len, &found);
    if (err)
        return err;
    r->from = found;
    err = dentry_lookup(r->new.dir, r->new.name, r->new.len, &found);
    if (!err)
        r->over = found;
    return err == -ENOENT ? 0 : err;
}

int rename_check_names(const struct renaming *r)
{
    if (r->over && r->flags & RENAME_NOREPLACE)
        return -EEXIST;
    if (!dentry_is_dir(r->from) && (r->old.trailing_slash || r->new.trailing_slash))
        return -ENOTDIR;
    if (dentry_is_dir(r->from) && dentry_is_above(r->from, r->new.dir))
        return -EINVAL;
    if (r->over && dentry_is_dir(r->over) && dentry_is_above(r->over, r->old.dir))
        return -ENOTEMPTY;
    return 0;
}

int rename_check_rights(struct fs_context *fs, const struct renaming *r)
{
    bool is_dir = dentry_is_dir(r->from);
    int err = may_remove(fs, r->old.dir, r->from, is_dir);
    if (!err && r->over)
        err = may_remove(fs, r->new.dir, r->over, is_dir);
    else if (!err)
        err = r->new.dir->inode->nlink == 0
                  ? -ENOENT
                  : fs_permission(fs, r->new.dir->inode, MAY_WRITE | MAY_EXEC);
    if (!err && !r->old.dir->inode->ops->rename)
        err = -EPERM;
    if (r->old.dir == r->new.dir)
        return err;
    if (!err && is_dir) /* because its ".." changes */
        err = fs_permission(fs, r->from->inode, MAY_WRITE);
    return err;
}

static int rename_plain(struct fs_context *fs, const struct renaming *r)
{
    int err = rename_check_names(r);
    if (err || (r->over && r->from->inode == r->over->inode)) /* two names of one file */
        return err;
    err = rename_check_rights(fs, r);
    return err ? err
               : r->old.dir->inode->ops->rename(r->from, r->new.dir, r->new.name, r->new.len,
                                                r->over);
}

/* One attempt. -ESTALE if one of the names has changed meanwhile. */
static int rename_once(struct fs_context *fs, struct renaming *r)
{
    r->from = r->over = NULL;
    int err = look_up(r);
    if (!err)
        err = r->flags & RARE_FLAGS ? annex_hooks.rename_rare(fs, r) : rename_plain(fs, r);
    if (r->from)
        dentry_unref(r->from);
    if (r->over)
        dentry_unref(r->over);
    return err;
}

static int rename_names(struct fs_context *fs, struct renaming *r)
{
    if (r->old.dir->inode->fs != r->new.dir->inode->fs)
        return -EXDEV;
    if (r->old.kind != LAST_NORMAL)
        return -EBUSY;
    if (r->new.kind != LAST_NORMAL)
        return r->flags & RENAME_NOREPLACE ? -EEXIST : -EBUSY;
    int err;
    mutex_lock(&rename_mutex);
    do
        err = rename_once(fs, r);
    while (err == -ESTALE);
    mutex_unlock(&rename_mutex);
    return err;
}

long sys_renameat2(struct fs_context *fs, int olddir, const char *old, int newdir, const char *new,
                   unsigned flags)
{
    struct renaming r; /* the other fields are set by the walks and by rename_once */
    r.flags = flags;
    if (flags & ~(RENAME_NOREPLACE | RARE_FLAGS) ||
        (flags & RENAME_EXCHANGE && flags != RENAME_EXCHANGE) ||
        (flags & RARE_FLAGS && !annex_hooks.rename_rare))
        return -EINVAL;
    int err = path_walk_parent(fs, olddir, old, &r.old);
    if (err)
        return err;
    err = path_walk_parent(fs, newdir, new, &r.new);
    if (!err) {
        err = rename_names(fs, &r);
        last_name_release(&r.new);
    }
    last_name_release(&r.old);
    return err;
}

long sys_renameat(struct fs_context *fs, int olddir, const char *old, int newdir, const char *new)
{
    return sys_renameat2(fs, olddir, old, newdir, new, 0);
}

long sys_rename(struct fs_context *fs, const char *old, const char *new)
{
    return sys_renameat2(fs, AT_FDCWD, old, AT_FDCWD, new, 0);
}
