/* Rename: a dentry moves to another name or directory, replaces another dentry, or exchanges with
 * it.
 *
 * To other threads a rename must look like one step: at no moment may both names be missing, or the
 * new name belong to neither file. So the locks of both directories are held during the whole
 * change, and of the two inodes that move, too, because their link counts and times change.
 *
 * Four spinlocks at once need an order. Of two directories an ancestor is locked first, as in every
 * walk down the tree; directories that are not related are locked in the order of their addresses.
 * Then come the inode that moves and the one that is replaced. The vfs allows one rename at a time
 * and has checked that no directory moves below itself, so no circle is possible.
 *
 * Files may have been made and removed since the vfs looked up the names. With the locks held
 * move_prepare_locked checks again that both names belong to the same dentries, and otherwise gives
 * -ESTALE: the vfs looks them up again.
 *
 * After the first change nothing may fail. Therefore the copies of names, the whiteout and the
 * slots are allocated before. What is not needed any more (former names, freed slots, the replaced
 * dentry) is kept until the locks are released, because freeing it may take long. */
/* SPDX-License-Identifier: MIT */
#include "abi/errno.h"
#include "abi/fcntl.h"
#include "local.h"

struct move {
    struct dentry *from, *over; /* over: what has the new name, or NULL */
    struct dentry *old_dir, *new_dir;
    struct ramfs_inode *old, *new; /* inodes of the two directories */
    const char *name;              /* in new_dir */
    size_t len;
    struct dentry_name from_name; /* from's new name, afterwards its former one */
    struct dentry_name over_name; /* likewise for over, in an exchange */
    struct dentry *whiteout;      /* gets from's former name; or NULL */
    uint32_t from_hash, over_hash;
    uint32_t whiteout_slot;
    bool exchange;
    struct radix unused; /* slots to be freed afterwards */
};

/* Locks both directories, then the inodes of from and over. */
static void move_lock(const struct move *move)
{
    struct inode *first = move->old_dir->inode, *second = move->new_dir->inode;
    if (first != second) {
        bool swap = dentry_is_above(move->new_dir, move->old_dir) ||
                    (!dentry_is_above(move->old_dir, move->new_dir) && first > second);
        if (swap) {
            first = move->new_dir->inode;
            second = move->old_dir->inode;
        }
    }
    spin_lock(&first->lock);
    if (second != first)
        spin_lock_as(&second->lock, RANK_INODE_2);
    spin_lock_as(&move->from->inode->lock, RANK_INODE_3);
    if (move->over)
        spin_lock_as(&move->over->inode->lock, RANK_INODE_4);
}

static void move_unlock(const struct move *move)
{
    if (move->over)
        spin_unlock(&move->over->inode->lock);
    spin_unlock(&move->from->inode->lock);
    if (move->old != move->new)
        spin_unlock(&move->old->inode.lock);
    spin_unlock(&move->new->inode.lock);
}

/* Checks that the names have not changed since the vfs looked them up, and takes the slot that from
 * needs in another directory. 0 or -errno; then nothing has changed. */
static int move_prepare_locked(struct move *move, uint32_t *slot)
{
    const struct dentry *from = move->from, *over = move->over;
    if (from->dead || from->parent != move->old_dir)
        return -ESTALE;
    if (move->new->inode.nlink == 0)
        return -ENOENT;
    if (ramfs_find_locked(move->new, move->name, move->len, move->from_hash) != over)
        return -ESTALE;
    if (over && !move->exchange && inode_is(over->inode, S_IFDIR) &&
        ramfs_inode(over->inode)->dir.names.count > 0)
        return -ENOTEMPTY;
    if (move->whiteout && ramfs_slot_take_locked(move->old, &move->whiteout_slot))
        return -ENOSPC;
    *slot = over ? over->slot : from->slot;
    bool needs_slot = !over && move->new != move->old;
    if (needs_slot && ramfs_slot_take_locked(move->new, slot)) {
        if (move->whiteout) /* the directory has from, so it keeps its slots */
            ramfs_slot_free_locked(move->old, move->whiteout_slot);
        return -ENOSPC;
    }
    return 0;
}

/* Sets the times of the directories and of what moves. */
static void move_touch_locked(const struct move *move, int64_t now)
{
    inode_set_changed(&move->old->inode, now);
    inode_set_changed(&move->new->inode, now);
    move->from->inode->ctime_ns = now;
    if (move->over)
        move->over->inode->ctime_ns = now;
}

/* Removes `over` from the new directory. Its slot remains, for from or to be freed. */
static void displace_locked(const struct move *move)
{
    struct dentry *over = move->over;
    bool is_dir = inode_is(over->inode, S_IFDIR);
    hash_remove(&move->new->dir.names, &over->node);
    over->dead = true;
    over->inode->nlink -= is_dir ? 2 : 1;
    move->new->inode.nlink -= is_dir;
    move->new->inode.size -= BOGUS_ENTRY_SIZE;
}

/* Adds the whiteout with from's former name. This comes before from is removed, so that the old
 * directory does not become empty, which would free its slots. */
static void white_out_locked(const struct move *move)
{
    hash_insert(&move->old->dir.names, &move->whiteout->node, move->over_hash);
    ramfs_slot_set_locked(move->old, move->whiteout_slot, move->whiteout);
    move->old->inode.size += BOGUS_ENTRY_SIZE;
}

/* Moves from to the new name, where it replaces over if there is one. */
static void replace_locked(struct move *move, uint32_t slot)
{
    struct dentry *from = move->from;
    bool is_dir = inode_is(from->inode, S_IFDIR), same = move->old == move->new;
    if (move->whiteout)
        white_out_locked(move);
    if (move->over)
        displace_locked(move);
    hash_remove(&move->old->dir.names, &from->node);
    if (!same)
        move->unused = ramfs_slot_free_locked(move->old, from->slot);
    hash_insert(&move->new->dir.names, &from->node, move->from_hash);
    if (!same)
        ramfs_slot_set_locked(move->new, slot, from);
    else if (move->over)
        move->unused = ramfs_slot_free_locked(move->new, slot);
    move->old->inode.nlink -= is_dir;
    move->new->inode.nlink += is_dir;
    move->old->inode.size -= BOGUS_ENTRY_SIZE;
    move->new->inode.size += BOGUS_ENTRY_SIZE;
    dentry_rename(from, move->new_dir, &move->from_name);
}

/* Exchanges names, directories and slots of from and over. */
static void exchange_locked(struct move *move)
{
    struct dentry *from = move->from, *over = move->over;
    uint32_t n_up = inode_is(from->inode, S_IFDIR), n_down = inode_is(over->inode, S_IFDIR);
    hash_remove(&move->old->dir.names, &from->node);
    hash_remove(&move->new->dir.names, &over->node);
    hash_insert(&move->new->dir.names, &from->node, move->from_hash);
    hash_insert(&move->old->dir.names, &over->node, move->over_hash);
    if (move->old != move->new) {
        uint32_t slot = from->slot;
        ramfs_slot_set_locked(move->new, over->slot, from);
        ramfs_slot_set_locked(move->old, slot, over);
    }
    move->old->inode.nlink += n_down - n_up;
    move->new->inode.nlink += n_up - n_down;
    dentry_rename(from, move->new_dir, &move->from_name);
    dentry_rename(over, move->old_dir, &move->over_name);
}

/* The replaced dentry loses the directory's reference at last, because that may free the inode and
 * all its pages. */
static int move_perform(struct move *move)
{
    uint32_t slot;
    move_lock(move);
    int err = move_prepare_locked(move, &slot);
    if (!err) {
        move_touch_locked(move, (int64_t)realtime_ns());
        if (move->exchange)
            exchange_locked(move);
        else
            replace_locked(move, slot);
    }
    move_unlock(move);
    ramfs_slots_free(&move->unused);
    if (!err && move->over && !move->exchange)
        dentry_unref(move->over);
    return err;
}

/* Allocates the names that the move needs, and moves. 0 or -errno. */
static int move_named(struct move *move)
{
    const struct dentry *from = move->from;
    if (dentry_name_prepare(&move->from_name, move->name, move->len))
        return -ENOMEM;
    if (move->exchange &&
        dentry_name_prepare(&move->over_name, dentry_name(from), from->name_len)) {
        dentry_name_discard(&move->from_name);
        return -ENOMEM;
    }
    int err = move_perform(move);
    dentry_name_discard(&move->from_name);
    if (move->exchange)
        dentry_name_discard(&move->over_name);
    return err;
}

/* Makes a dentry with from's name, which is not in the directory yet. NULL: out of memory. */
static struct dentry *whiteout_make(const struct dentry *from, const struct new_inode *what)
{
    struct ramfs_inode *inode = ramfs_inode_create(from->inode->fs, what);
    if (!inode)
        return NULL;
    struct dentry *dentry =
        dentry_create(from->parent, &inode->inode, dentry_name(from), from->name_len);
    if (!dentry)
        inode_unref(&inode->inode);
    return dentry;
}

int ramfs_rename(struct dentry *from, struct dentry *new_dir, const char *name, size_t len,
                 struct dentry *over, uint32_t flags, const struct new_inode *whiteout)
{
    struct dentry *old_dir = from->parent;
    struct move move = {
        .from = from,
        .over = over,
        .old_dir = old_dir,
        .new_dir = new_dir,
        .old = ramfs_inode(old_dir->inode),
        .new = ramfs_inode(new_dir->inode),
        .name = name,
        .len = len,
        .from_hash = hash_bytes(name, len),
        .over_hash = from->node.hash,
        .exchange = (flags & RENAME_EXCHANGE) != 0,
    };
    if (whiteout && !(move.whiteout = whiteout_make(from, whiteout)))
        return -ENOSPC;
    int err = move_named(&move);
    if (err)
        dentry_unref(move.whiteout);
    return err;
}
