/* Rename: a dentry moves to another name or directory, and may replace another dentry.
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
 * After the first change nothing may fail. Therefore the copy of the name and the slot are
 * allocated before. What is not needed any more (the former name, freed slots, the replaced dentry)
 * is kept until the locks are released, because freeing it may take long. */
/* SPDX-License-Identifier: MIT */
#include "abi/errno.h"
#include "local.h"

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
    if (over && !move->keeps_over && inode_is(over->inode, S_IFDIR) &&
        ramfs_inode(over->inode)->dir.names.count > 0)
        return -ENOTEMPTY;
    *slot = over ? over->slot : from->slot;
    bool needs_slot = !over && move->new != move->old;
    if (needs_slot && ramfs_slot_take_locked(move->new, slot))
        return -ENOSPC;
    int err = move->prepare ? move->prepare(move) : 0;
    if (err && needs_slot)
        move->unused = ramfs_slot_free_locked(move->new, *slot);
    return err;
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

void ramfs_replace_locked(struct move *move, uint32_t slot)
{
    struct dentry *from = move->from;
    bool is_dir = inode_is(from->inode, S_IFDIR), same = move->old == move->new;
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

/* The replaced dentry loses the directory's reference at last, because that may free the inode and
 * all its pages. */
static int move_perform(struct move *move)
{
    uint32_t slot;
    move_lock(move);
    int err = move_prepare_locked(move, &slot);
    if (!err) {
        move_touch_locked(move, (int64_t)realtime_ns());
        move->act(move, slot);
    }
    move_unlock(move);
    ramfs_slots_free(&move->unused);
    if (!err && move->over && !move->keeps_over)
        dentry_unref(move->over);
    return err;
}

void ramfs_move_init(struct move *move, struct dentry *from, struct dentry *new_dir,
                     const char *name, size_t len, struct dentry *over)
{
    *move = (struct move){
        .from = from,
        .over = over,
        .old_dir = from->parent,
        .new_dir = new_dir,
        .old = ramfs_inode(from->parent->inode),
        .new = ramfs_inode(new_dir->inode),
        .name = name,
        .len = len,
        .from_hash = hash_bytes(name, len),
        .act = ramfs_replace_locked,
    };
}

int ramfs_move(struct move *move)
{
    if (dentry_name_prepare(&move->from_name, move->name, move->len))
        return -ENOMEM;
    int err = move_perform(move);
    dentry_name_discard(&move->from_name);
    return err;
}

int ramfs_rename(struct dentry *from, struct dentry *new_dir, const char *name, size_t len,
                 struct dentry *over)
{
    struct move move;
    ramfs_move_init(&move, from, new_dir, name, len, over);
    return ramfs_move(&move);
}
