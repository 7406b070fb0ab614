/* Entries: names in directories, their references, and the paths from the root to them.
 *
 * An entry joins a parent directory, a name and an inode. File systems keep entries in the tables
 * of their directories, so an entry is not a cached copy of a name on a disk: it is the name. There
 * is no dentry cache, and nothing that could become stale.
 *
 * A directory refers to its entries, and each entry to its parent. A removed entry is `dead`: it is
 * not in its directory any more, but still refers to it, so that a process can have a removed
 * working directory and go up from it. Dropping the last reference to such an entry may drop the
 * last one to its parent, and so on upwards: entry_free does that in a loop, not by recursion,
 * because user programs decide how deep directories are nested.
 *
 * A rename changes the name and the parent of an entry while other threads may read them. Two locks
 * guard both fields, and rename holds both. The lock of the directory is held by a lookup, which
 * compares names. names_lock is held by a function that follows parents upwards: with it held no
 * directory moves, so the path that entry_path writes existed at one moment.
 *
 * The root of a file system is its own parent. To go up from it, vfs_mount_point gives the entry on
 * which it is mounted; to go down, entry_top gives the root that is mounted on an entry. */
#include "local.h"

struct spinlock names_lock = {.name = "names", .rank = RANK_NAMES};
static OBJECT_CACHE(entry_cache, struct entry);

#define LEVELS 256 /* of directories, between two calls of cond_resched */

static void name_free(const union name_place *place, size_t len)
{
    if (len >= sizeof(*place))
        kfree(place->block);
}

int entry_name_prepare(struct entry_name *name, const char *text, size_t len)
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

void entry_name_discard(struct entry_name *name)
{
    name_free(&name->place, name->len);
}

struct entry *entry_create(struct entry *parent, struct inode *inode, const char *name, size_t len)
{
    struct entry_name copy;
    if (entry_name_prepare(&copy, name, len))
        return NULL;
    struct entry *entry = object_alloc(&entry_cache);
    if (!entry) {
        entry_name_discard(&copy);
        return NULL;
    }
    entry->name = copy.place;
    entry->name_len = (uint16_t)len;
    entry->refs = 1;
    entry->inode = inode;
    entry->parent = parent ? parent : entry;
    entry->dead = entry->mounted = false;
    if (parent)
        entry_ref(parent);
    return entry;
}

void entry_free(struct entry *entry)
{
    struct entry *parent;
    unsigned n = 0;
    do {
        if (++n % LEVELS == 0)
            cond_resched();
        parent = entry->parent != entry ? entry->parent : NULL;
        struct inode *inode = entry->inode;
        name_free(&entry->name, entry->name_len);
        object_free(&entry_cache, entry);
        inode_unref(inode);
        entry = parent;
    } while (parent && __atomic_sub_fetch(&parent->refs, 1, __ATOMIC_ACQ_REL) == 0);
}

void entry_rename(struct entry *entry, struct entry *parent, struct entry_name *name)
{
    spin_lock(&names_lock);
    struct entry_name former = {.place = entry->name, .len = entry->name_len};
    struct entry *old_parent = entry->parent;
    entry->name = name->place;
    entry->name_len = (uint16_t)name->len;
    entry->parent = parent;
    entry_ref(parent);
    spin_unlock(&names_lock);
    *name = former;
    entry_unref(old_parent); /* not its last reference: the caller has the directory locked */
}

struct entry *entry_top(struct entry *entry)
{
    while (entry->mounted) {
        struct entry *root = mount_root(entry);
        entry_ref(root);
        entry_unref(entry);
        entry = root;
    }
    return entry;
}

/* Of a mounted root it is the parent of the entry on which it is mounted, which may be a mounted
 * root itself. */
struct entry *entry_parent(struct entry *entry)
{
    spin_lock(&names_lock);
    while (entry->parent == entry && vfs_mount_point(entry))
        entry = vfs_mount_point(entry);
    struct entry *parent = entry->parent;
    entry_ref(parent);
    spin_unlock(&names_lock);
    return parent;
}

bool entry_is_above(const struct entry *above, const struct entry *below)
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

/* Writes the names from entry up to root before *start. False: there is no room. Lock: names_lock
 * held. */
static bool prepend_names(struct entry *root, struct entry *entry, const char *buf, char **start)
{
    char *at = *start;
    while (entry != root && (entry->parent != entry || vfs_mount_point(entry))) {
        if (entry->parent == entry) {
            entry = vfs_mount_point(entry);
            continue;
        }
        size_t len = entry->name_len;
        if ((size_t)(at - buf) < len + 1)
            return false;
        for (const char *name = entry_name(entry); len > 0;)
            *--at = name[--len];
        *--at = '/';
        entry = entry->parent;
    }
    *start = at;
    if (entry != root && entry->name_len > 0)
        return prepend(start, buf, entry_name(entry), entry->name_len);
    bool fits = *at || prepend(start, buf, "/", 1);
    return fits && (entry == root || prepend(start, buf, "(unreachable)", 13));
}

int entry_path(struct entry *root, struct entry *entry, bool living, char *buf, size_t size,
               char **start)
{
    if (size == 0)
        return -ENAMETOOLONG;
    *start = buf + size - 1;
    **start = '\0';
    spin_lock(&names_lock);
    int err = living && entry->dead ? -ENOENT : 0;
    if (!err && !prepend_names(root, entry, buf, start))
        err = -ENAMETOOLONG;
    spin_unlock(&names_lock);
    return err;
}
