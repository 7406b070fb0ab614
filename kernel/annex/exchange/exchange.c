/* Renames with rare flags: RENAME_EXCHANGE, by which two names change places, and RENAME_WHITEOUT,
 * which leaves a character device 0/0 at the old name; that tells an overlay file system that the
 * name does not exist.
 *
 * Both are one step for other threads, like every rename: see ramfs/rename.c. */
/* SPDX-License-Identifier: MIT */
#include "exchange.h"

#include "annex.h"
#include "ramfs/local.h"

/* ---- Exchange ---- */

struct exchange {
    struct move move;
    struct dentry_name over_name; /* over's new name, afterwards its former one */
    uint32_t over_hash;
};

/* Exchanges names, directories and slots of from and over. */
static void exchange_locked(struct move *move, uint32_t unused)
{
    struct exchange *exchange = container_of(move, struct exchange, move);
    (void)unused;
    struct dentry *from = move->from, *over = move->over;
    uint32_t n_up = inode_is(from->inode, S_IFDIR), n_down = inode_is(over->inode, S_IFDIR);
    hash_remove(&move->old->dir.names, &from->node);
    hash_remove(&move->new->dir.names, &over->node);
    hash_insert(&move->new->dir.names, &from->node, move->from_hash);
    hash_insert(&move->old->dir.names, &over->node, exchange->over_hash);
    if (move->old != move->new) {
        uint32_t slot = from->slot;
        ramfs_slot_set_locked(move->new, over->slot, from);
        ramfs_slot_set_locked(move->old, slot, over);
    }
    move->old->inode.nlink += n_down - n_up;
    move->new->inode.nlink += n_up - n_down;
    dentry_rename(from, move->new_dir, &move->from_name);
    dentry_rename(over, move->old_dir, &exchange->over_name);
}

static int exchange(const struct renaming *r)
{
    struct exchange exchange = {.over_hash = r->from->node.hash};
    ramfs_move_init(&exchange.move, r->from, r->new.dir, r->new.name, r->new.len, r->over);
    exchange.move.keeps_over = true;
    exchange.move.act = exchange_locked;
    if (dentry_name_prepare(&exchange.over_name, dentry_name(r->from), r->from->name_len))
        return -ENOMEM;
    int err = ramfs_move(&exchange.move);
    dentry_name_discard(&exchange.over_name);
    return err;
}

/* Checks what needs no permissions. */
static int check_exchange(const struct renaming *r)
{
    if (!r->over)
        return -ENOENT;
    if (!dentry_is_dir(r->over) && r->new.trailing_slash)
        return -ENOTDIR;
    if (!dentry_is_dir(r->from) && r->old.trailing_slash)
        return -ENOTDIR;
    if (dentry_is_dir(r->from) && dentry_is_above(r->from, r->new.dir))
        return -EINVAL;
    return dentry_is_dir(r->over) && dentry_is_above(r->over, r->old.dir) ? -EINVAL : 0;
}

/* Checks the caller's permissions. A directory that gets another parent is written to, because its
 * ".." changes. */
static int check_exchange_rights(struct fs_context *fs, const struct renaming *r)
{
    bool is_dir = dentry_is_dir(r->from), over_is_dir = dentry_is_dir(r->over);
    int err = may_remove(fs, r->old.dir, r->from, is_dir);
    if (!err)
        err = may_remove(fs, r->new.dir, r->over, over_is_dir);
    if (!err && !r->old.dir->inode->ops->rename)
        err = -EPERM;
    if (r->old.dir == r->new.dir)
        return err;
    if (!err && is_dir)
        err = fs_permission(fs, r->from->inode, MAY_WRITE);
    if (!err && over_is_dir)
        err = fs_permission(fs, r->over->inode, MAY_WRITE);
    return err;
}

/* ---- Whiteout ---- */

struct whiteout {
    struct move move;
    struct dentry *dentry; /* gets from's former name */
    uint32_t slot, hash;
};

static int whiteout_prepare(struct move *move)
{
    struct whiteout *whiteout = container_of(move, struct whiteout, move);
    return ramfs_slot_take_locked(move->old, &whiteout->slot) ? -ENOSPC : 0;
}

/* Adds the whiteout and moves from. The whiteout comes first, so that the old directory does not
 * become empty, which would free its slots. */
static void whiteout_locked(struct move *move, uint32_t slot)
{
    struct whiteout *whiteout = container_of(move, struct whiteout, move);
    hash_insert(&move->old->dir.names, &whiteout->dentry->node, whiteout->hash);
    ramfs_slot_set_locked(move->old, whiteout->slot, whiteout->dentry);
    move->old->inode.size += BOGUS_ENTRY_SIZE;
    ramfs_replace_locked(move, slot);
}

/* Makes a dentry with from's name, which is not in the directory yet. NULL: out of memory. As on
 * Linux since 5.8 every user may make this one device. */
static struct dentry *whiteout_make(struct fs_context *fs, const struct dentry *from)
{
    struct new_inode what;
    new_inode_init(&what, fs, from->parent->inode, S_IFCHR);
    struct ramfs_inode *inode = ramfs_inode_create(from->inode->fs, &what);
    if (!inode)
        return NULL;
    struct dentry *dentry =
        dentry_create(from->parent, &inode->inode, dentry_name(from), from->name_len);
    if (!dentry)
        inode_unref(&inode->inode);
    return dentry;
}

static int rename_whiteout(struct fs_context *fs, const struct renaming *r)
{
    struct whiteout whiteout = {.dentry = whiteout_make(fs, r->from), .hash = r->from->node.hash};
    if (!whiteout.dentry)
        return -ENOSPC;
    ramfs_move_init(&whiteout.move, r->from, r->new.dir, r->new.name, r->new.len, r->over);
    whiteout.move.prepare = whiteout_prepare;
    whiteout.move.act = whiteout_locked;
    int err = ramfs_move(&whiteout.move);
    if (err)
        dentry_unref(whiteout.dentry);
    return err;
}

/* ---- The hook ---- */

int rename_rare(struct fs_context *fs, struct renaming *r)
{
    bool exchanges = r->flags & RENAME_EXCHANGE;
    int err = exchanges ? check_exchange(r) : rename_check_names(r);
    if (err || (r->over && r->from->inode == r->over->inode)) /* two names of one file */
        return err;
    err = exchanges ? check_exchange_rights(fs, r) : rename_check_rights(fs, r);
    if (err)
        return err;
    if (r->old.dir->inode->ops != &ramfs_dir_ops)
        return -EPERM;
    return exchanges ? exchange(r) : rename_whiteout(fs, r);
}

static void start(struct fs_context *fs, const char *command_line)
{
    (void)fs, (void)command_line;
    annex_hooks.rename_rare = rename_rare;
}

ANNEX(exchange, ANNEX_DEVICES, start);
