/* Directories: a hash of dentries by name, and slots that give each dentry a position in listings.
 *
 * A lookup hashes the name and compares a few dentries, in a directory of any size. For listings a
 * hash is not enough: a program reads a large directory in many calls, and between two of them
 * dentries come and go, and the hash may grow and change its order. POSIX wants that a dentry which
 * exists all the time is listed exactly once. So each dentry has a slot, a number that it keeps as
 * long as it is in the directory. A listing goes through the slots in order, and its position is
 * the next slot (plus 2, for "." and ".."). Slots of removed dentries form a chain and are reused,
 * the latest first; when the directory is empty all slots are freed.
 *
 * A name is made in this order: check that the directory still exists and does not have the name,
 * allocate inode, dentry and slot, and insert the dentry into the hash. Whatever fails before that
 * last step is undone, so other threads see either nothing or a complete file. All of it happens
 * with the directory's spinlock held, so of two threads that make one name one gets EEXIST.
 *
 * rmdir has to make sure that no name is added to the directory after it was found empty. It sets
 * the link count to 0 with the lock of the victim held, below the lock of its parent;
 * may_add_locked refuses to add names to a directory with link count 0. */
/* SPDX-License-Identifier: MIT */
#include "abi/errno.h"
#include "local.h"

static void drop_nothing(uint64_t word, void *arg)
{
    (void)word, (void)arg;
}

void ramfs_slots_free(struct radix *slots)
{
    radix_free(slots, drop_nothing, NULL);
}

/* Empties the table of slots. The former one is returned, to be freed without the lock. */
static struct radix slots_detach(struct ramfs_inode *dir)
{
    struct radix slots = dir->dir.slots;
    dir->dir.slots = (struct radix){0};
    dir->dir.n_slots = 0;
    dir->dir.free_slot = NO_SLOT;
    return slots;
}

void ramfs_dir_init(struct ramfs_inode *dir)
{
    dir->inode.nlink = 2;
    dir->inode.size = 2 * BOGUS_ENTRY_SIZE; /* for "." and ".." */
    hash_init(&dir->dir.names);
    slots_detach(dir);
}

void ramfs_dir_free(struct ramfs_inode *dir)
{
    hash_free(&dir->dir.names);
    ramfs_slots_free(&dir->dir.slots);
}

/* ---- Slots ---- */

int ramfs_slot_take_locked(struct ramfs_inode *dir, uint32_t *slot)
{
    if (dir->dir.free_slot != NO_SLOT) {
        *slot = dir->dir.free_slot;
        dir->dir.free_slot = (uint32_t)(radix_get(&dir->dir.slots, *slot) >> 1);
        return 0;
    }
    if (dir->dir.n_slots == NO_SLOT || !radix_make(&dir->dir.slots, dir->dir.n_slots))
        return -ENOMEM;
    *slot = dir->dir.n_slots++;
    return 0;
}

void ramfs_slot_set_locked(struct ramfs_inode *dir, uint32_t slot, struct dentry *dentry)
{
    uint64_t n;
    *radix_row(&dir->dir.slots, slot, &n) = (uint64_t)dentry;
    dentry->slot = slot;
}

struct radix ramfs_slot_free_locked(struct ramfs_inode *dir, uint32_t slot)
{
    if (dir->dir.names.count == 0)
        return slots_detach(dir);
    uint64_t n;
    *radix_row(&dir->dir.slots, slot, &n) = (uint64_t)dir->dir.free_slot << 1 | 1;
    dir->dir.free_slot = slot;
    return (struct radix){0};
}

/* ---- Names ---- */

/* Compares eight bytes at a time, and the rest from its end on. */
static bool same_name(const struct dentry *dentry, const char *name, size_t len)
{
    const char *own = dentry_name(dentry);
    if (dentry->name_len != len)
        return false;
    for (; len >= 8; own += 8, name += 8, len -= 8) {
        uint64_t a, b;
        __builtin_memcpy(&a, own, 8);
        __builtin_memcpy(&b, name, 8);
        if (a != b)
            return false;
    }
    while (len > 0 && own[len - 1] == name[len - 1])
        len--;
    return len == 0;
}

static inline struct dentry *find_locked(struct ramfs_inode *dir, const char *name, size_t len,
                                         uint32_t hash)
{
    struct hash_node *node = hash_first(&dir->dir.names, hash);
    for (; node; node = hash_next(node)) {
        struct dentry *dentry = container_of(node, struct dentry, node);
        if (same_name(dentry, name, len))
            return dentry;
    }
    return NULL;
}

struct dentry *ramfs_find_locked(struct ramfs_inode *dir, const char *name, size_t len,
                                 uint32_t hash)
{
    return find_locked(dir, name, len, hash);
}

static int dir_lookup(struct dentry *dir_entry, const char *name, size_t len, struct dentry **found)
{
    struct inode *dir = dir_entry->inode;
    uint32_t hash = hash_bytes(name, len);
    spin_lock(&dir->lock);
    struct dentry *dentry = find_locked(ramfs_inode(dir), name, len, hash);
    if (dentry)
        dentry_ref(dentry);
    spin_unlock(&dir->lock);
    *found = dentry;
    return dentry ? 0 : -ENOENT;
}

/* Can the name be added? 0, -ENOENT in a removed directory, -EEXIST. */
static int may_add_locked(struct ramfs_inode *dir, const char *name, size_t len, uint32_t hash)
{
    if (dir->inode.nlink == 0)
        return -ENOENT;
    return ramfs_find_locked(dir, name, len, hash) ? -EEXIST : 0;
}

/* Adds a dentry, with the reference to it, to the directory. 0 or -ENOMEM. */
static int dir_add_locked(struct ramfs_inode *dir, struct dentry *dentry, uint32_t hash)
{
    uint32_t slot;
    if (ramfs_slot_take_locked(dir, &slot))
        return -ENOMEM;
    ramfs_slot_set_locked(dir, slot, dentry);
    hash_insert(&dir->dir.names, &dentry->node, hash);
    dir->inode.size += BOGUS_ENTRY_SIZE;
    inode_set_changed(&dir->inode, dentry->inode->ctime_ns);
    return 0;
}

/* Makes an inode, and a dentry with the reference that the directory will hold. 0 or -ENOSPC. */
static int make_dentry(struct dentry *dir, const char *name, size_t len,
                       const struct new_inode *what, struct dentry **made)
{
    struct ramfs_inode *inode = ramfs_inode_create(dir->inode->fs, what);
    if (!inode)
        return -ENOSPC;
    *made = dentry_create(dir, &inode->inode, name, len);
    if (*made)
        return 0;
    inode_unref(&inode->inode);
    return -ENOSPC;
}

static int dir_create(struct dentry *dir_entry, const char *name, size_t len,
                      const struct new_inode *what, struct dentry **made)
{
    struct ramfs_inode *dir = ramfs_inode(dir_entry->inode);
    uint32_t hash = hash_bytes(name, len);
    struct dentry *dentry = NULL;
    spin_lock(&dir->inode.lock);
    int err = may_add_locked(dir, name, len, hash);
    if (!err)
        err = make_dentry(dir_entry, name, len, what, &dentry);
    if (!err && dir_add_locked(dir, dentry, hash)) {
        dentry_unref(dentry);
        err = -ENOSPC;
    }
    if (!err) {
        dir->inode.nlink += S_ISDIR(what->mode);
        dentry_ref(dentry);
        *made = dentry;
    }
    spin_unlock(&dir->inode.lock);
    return err;
}

/* Counts one more name of an inode. 0, -EMLINK, or -ENOENT if it has lost its last name. */
static int gain_link(struct inode *inode)
{
    struct ramfs_inode *file = ramfs_inode(inode);
    int err = 0;
    spin_lock_as(&inode->lock, RANK_INODE_2);
    if (inode->nlink == 0 && !(S_ISREG(inode->mode) && file->file.linkable))
        err = -ENOENT;
    else if (inode->nlink == UINT32_MAX)
        err = -EMLINK;
    else
        inode->nlink++;
    if (!err)
        inode->ctime_ns = (int64_t)realtime_ns();
    spin_unlock(&inode->lock);
    return err;
}

static void lose_link(struct inode *inode)
{
    spin_lock_as(&inode->lock, RANK_INODE_2);
    inode->nlink--;
    spin_unlock(&inode->lock);
}

static int dir_link(struct dentry *dir_entry, const char *name, size_t len, struct inode *inode)
{
    struct ramfs_inode *dir = ramfs_inode(dir_entry->inode);
    uint32_t hash = hash_bytes(name, len);
    spin_lock(&dir->inode.lock);
    int err = may_add_locked(dir, name, len, hash);
    if (!err)
        err = gain_link(inode);
    if (!err) {
        inode_ref(inode);
        struct dentry *dentry = dentry_create(dir_entry, inode, name, len);
        if (!dentry)
            inode_unref(inode);
        if (!dentry || dir_add_locked(dir, dentry, hash)) {
            if (dentry)
                dentry_unref(dentry);
            lose_link(inode);
            err = -ENOSPC;
        }
    }
    spin_unlock(&dir->inode.lock);
    return err;
}

/* Counts one name less. A directory must be empty; nothing can be added to it afterwards. 0 or
 * -ENOTEMPTY. */
static int lose_name(struct inode *inode, int64_t now)
{
    int err = 0;
    spin_lock_as(&inode->lock, RANK_INODE_2);
    if (inode_is(inode, S_IFDIR) && ramfs_inode(inode)->dir.names.count > 0)
        err = -ENOTEMPTY;
    if (!err) {
        inode->nlink -= inode_is(inode, S_IFDIR) ? 2 : 1;
        inode->ctime_ns = now;
    }
    spin_unlock(&inode->lock);
    return err;
}

static int dir_remove(struct dentry *dir_entry, const char *name, size_t len, struct dentry *victim)
{
    struct ramfs_inode *dir = ramfs_inode(dir_entry->inode);
    uint32_t hash = hash_bytes(name, len);
    int64_t now = (int64_t)realtime_ns();
    struct radix unused = {0};
    assert(victim);
    spin_lock(&dir->inode.lock);
    int err = ramfs_find_locked(dir, name, len, hash) == victim ? 0 : -ESTALE;
    if (!err)
        err = lose_name(victim->inode, now);
    if (!err) {
        hash_remove(&dir->dir.names, &victim->node);
        unused = ramfs_slot_free_locked(dir, victim->slot);
        victim->dead = true;
        dir->inode.size -= BOGUS_ENTRY_SIZE;
        dir->inode.nlink -= inode_is(victim->inode, S_IFDIR);
        inode_set_changed(&dir->inode, now);
    }
    spin_unlock(&dir->inode.lock);
    ramfs_slots_free(&unused);
    if (!err)
        dentry_unref(victim);
    return err;
}

/* ---- Listing ---- */

/* Lists the dentries in a row of slots. How many slots were done before there was no more room. */
static uint64_t list_row(const uint64_t *row, uint64_t n, uint64_t pos, struct listing *to)
{
    struct listing listing = *to; /* a copy, which can be in registers */
    uint64_t i;
    for (i = 0; i < n; i++) {
        if (row[i] == 0 || row[i] & 1)
            continue;
        const struct dentry *dentry = (const struct dentry *)row[i];
        const struct inode *inode = dentry->inode;
        if (!listing_add(&listing, dentry_name(dentry), dentry->name_len, inode->ino,
                         IFTODT(inode->mode), pos + i + 1))
            break;
    }
    *to = listing;
    return i;
}

/* Lists some rows of slots. True: there are more, and there is room. */
static bool list_rows_locked(struct ramfs_inode *dir, uint64_t *pos, struct listing *listing)
{
    for (int i = 0; i < BREATH && *pos - 2 < dir->dir.n_slots; i++) {
        uint64_t n;
        const uint64_t *row = radix_row(&dir->dir.slots, *pos - 2, &n);
        n = min(n, dir->dir.n_slots - (*pos - 2));
        uint64_t done = row ? list_row(row, n, *pos, listing) : n;
        *pos += done;
        if (done < n)
            return false;
    }
    return *pos - 2 < dir->dir.n_slots;
}

/* The position is the slot plus 2. */
static int dir_list(struct inode *inode, struct dentry *self, uint64_t *pos,
                    struct listing *listing)
{
    (void)self;
    bool more;
    do {
        spin_lock(&inode->lock);
        more = list_rows_locked(ramfs_inode(inode), pos, listing);
        spin_unlock(&inode->lock);
    } while (more && cond_resched());
    return 0;
}

struct inode_ops ramfs_dir_ops = {
    .lookup = dir_lookup,
    .create = dir_create,
    .link = dir_link,
    .remove = dir_remove,
    .rename = ramfs_rename,
    .list = dir_list,
    .release = ramfs_inode_release,
};
