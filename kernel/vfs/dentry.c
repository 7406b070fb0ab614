/* Dentries: names in directories, their references, and the paths from the root to them.
 *
 * A dentry joins a parent directory, a name and an inode. File systems keep dentries in the tables
 * of their directories, so a dentry is not a cached copy of a name on a disk: it is the name. There
 * is no dentry cache, and nothing that could become stale.
 *
 * A directory refers to its dentries, and each dentry to its parent. A removed dentry is `dead`: it
 * is not in its directory any more, but still refers to it, so that a process can have a removed
 * working directory and go up from it. Dropping the last reference to such a dentry may drop the
 * last one to its parent, and so on upwards: dentry_free does that in a loop, not by recursion,
 * because user programs decide how deep directories are nested.
 *
 * A rename changes the name and the parent of a dentry while other threads may read them. Two locks
 * guard both fields, and rename holds both. The lock of the directory is held by a lookup, which
 * compares names. names_lock is held by a function that follows parents upwards: with it held no
 * directory moves, so the path that dentry_path writes existed at one moment.
 *
 * The root of a file system is its own parent. To go up from it, vfs_mount_point gives the dentry
 * on which it is mounted; to go down, dentry_top gives the root that is mounted on a dentry. */
/* SPDX-License-Identifier: MIT */
#include "local.h"

struct spinlock names_lock = {.name = "names", .rank = RANK_NAMES};
static OBJECT_CACHE(dentry_cache, struct dentry);

#define LEVELS 256 /* of directories, between two calls of cond_resched */

static void name_free(const union name_place *place, size_t len)
{
    if (len >= sizeof(*place))
        kfree(place->block);
}

int dentry_name_prepare(struct dentry_name *name, const char *text, size_t len)
{
    size_t size = align_up(len + 1, 8);
    char *at = name->place.inside;
    name->len = len;
    if (len >= sizeof(name->place))
        at = name->place.block = kmalloc(size);
    if (!at)
        return -ENOMEM;
    *(uint64_t *)(at + size - 8) = 0;
    memcpy(at, text, len);
    return 0;
}

void dentry_name_discard(struct dentry_name *name)
{
    name_free(&name->place, name->len);
}

struct dentry *dentry_create(struct dentry *parent, struct inode *inode, const char *name,
                             size_t len)
{
    struct dentry_name copy;
    if (dentry_name_prepare(&copy, name, len))
        return NULL;
    struct dentry *dentry = object_alloc(&dentry_cache);
    if (!dentry) {
        dentry_name_discard(&copy);
        return NULL;
    }
    dentry->name = copy.place;
    dentry->name_len = (uint16_t)len;
    dentry->refs = 1;
    dentry->inode = inode;
    dentry->parent = parent ? parent : dentry;
    dentry->dead = dentry->mounted = false;
    if (parent)
        dentry_ref(parent);
    return dentry;
}

void dentry_free(struct dentry *dentry)
{
    struct dentry *parent;
    unsigned n = 0;
    do {
        if (++n % LEVELS == 0)
            cond_resched();
        parent = dentry->parent != dentry ? dentry->parent : NULL;
        struct inode *inode = dentry->inode;
        name_free(&dentry->name, dentry->name_len);
        object_free(&dentry_cache, dentry);
        inode_unref(inode);
        dentry = parent;
    } while (parent && __atomic_sub_fetch(&parent->refs, 1, __ATOMIC_ACQ_REL) == 0);
}

void dentry_rename(struct dentry *dentry, struct dentry *parent, struct dentry_name *name)
{
    spin_lock(&names_lock);
    struct dentry_name former = {.place = dentry->name, .len = dentry->name_len};
    struct dentry *old_parent = dentry->parent;
    dentry->name = name->place;
    dentry->name_len = (uint16_t)name->len;
    dentry->parent = parent;
    dentry_ref(parent);
    spin_unlock(&names_lock);
    *name = former;
    dentry_unref(old_parent); /* not its last reference: the caller has the directory locked */
}

struct dentry *dentry_top(struct dentry *dentry)
{
    while (dentry->mounted) {
        struct dentry *root = mount_root(dentry);
        dentry_ref(root);
        dentry_unref(dentry);
        dentry = root;
    }
    return dentry;
}

/* Of a mounted root it is the parent of the dentry on which it is mounted, which may be a mounted
 * root itself. */
struct dentry *dentry_parent(struct dentry *dentry)
{
    spin_lock(&names_lock);
    while (dentry->parent == dentry && vfs_mount_point(dentry))
        dentry = vfs_mount_point(dentry);
    struct dentry *parent = dentry->parent;
    dentry_ref(parent);
    spin_unlock(&names_lock);
    return parent;
}

bool dentry_is_above(const struct dentry *above, const struct dentry *below)
{
    for (unsigned n = 1; below != above && below->parent != below; n++) {
        below = below->parent;
        if (n % LEVELS == 0)
            cond_resched();
    }
    return below == above;
}

/* Writes text before *at, and moves *at there. False: there is no room between buf and *at. */
static bool prepend(char **at, const char *buf, const char *text, size_t len)
{
    if ((size_t)(*at - buf) < len)
        return false;
    *at -= len;
    memcpy(*at, text, len);
    return true;
}

/* Writes the names from dentry up to root before *start. False: there is no room. Lock: names_lock
 * held. */
static bool prepend_names(struct dentry *root, struct dentry *dentry, const char *buf, char **start)
{
    char *at = *start;
    while (dentry != root && (dentry->parent != dentry || vfs_mount_point(dentry))) {
        if (dentry->parent == dentry) {
            dentry = vfs_mount_point(dentry);
            continue;
        }
        size_t len = dentry->name_len;
        if ((size_t)(at - buf) < len + 1)
            return false;
        for (const char *name = dentry_name(dentry); len > 0;)
            *--at = name[--len];
        *--at = '/';
        dentry = dentry->parent;
    }
    *start = at;
    if (dentry != root && dentry->name_len > 0)
        return prepend(start, buf, dentry_name(dentry), dentry->name_len);
    bool fits = *at || prepend(start, buf, "/", 1);
    return fits && (dentry == root || prepend(start, buf, "(unreachable)", 13));
}

int dentry_path(struct dentry *root, struct dentry *dentry, bool living, char *buf, size_t size,
                char **start)
{
    if (size == 0)
        return -ENAMETOOLONG;
    *start = buf + size - 1;
    **start = '\0';
    spin_lock(&names_lock);
    int err = living && dentry->dead ? -ENOENT : 0;
    if (!err && !prepend_names(root, dentry, buf, start))
        err = -ENAMETOOLONG;
    spin_unlock(&names_lock);
    return err;
}
