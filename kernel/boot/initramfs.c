/* Unpacks the boot module, one or several cpio archives, into the root file system.
 *
 * The loader puts the archive into memory as a module, or the command line says where it lies. It
 * is the whole root file system. Contents that begin on a page are not copied: the file takes over
 * the pages that they lie in. Other contents are copied, and what no file has taken over is freed
 * afterwards. Archives may follow each other; a name that was there before then gets the new
 * contents and attributes.
 *
 * A file with several names has an entry for each, and only the last of them has the contents. An
 * annex makes all but the first of them links (annex_hooks.shared_name). */
/* SPDX-License-Identifier: MIT */
#include "boot.h"

#include "abi/errno.h"
#include "abi/fcntl.h"
#include "abi/sysmacros.h"
#include "mm.h"
#include "ramfs.h"
#include "vfs.h"

/* The module that is being unpacked. */
struct unpacking {
    struct fs_context *fs;
    char *scratch; /* a page for a path that is cut up, or for the target of a link */
    unsigned n_entries;
};

/* The name without leading "/" and "./". "" is the root directory itself. */
static const char *clean_name(const char *name)
{
    for (;;) {
        if (name[0] == '/' || (name[0] == '.' && (name[1] == '/' || name[1] == '\0')))
            name++;
        else
            return name;
    }
}

/* Makes the directories of a path, which an archive may leave out. 0 or -errno. */
static int make_parents(struct unpacking *u, const char *name)
{
    const struct new_inode directory = {.mode = S_IFDIR | 0755};
    strlcpy(u->scratch, name, PAGE_SIZE);
    for (char *slash = strchr(u->scratch, '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        int err = vfs_make(u->fs, u->scratch, &directory);
        if (err < 0 && err != -EEXIST)
            return err;
        *slash = '/';
    }
    return 0;
}

static int make_name(struct unpacking *u, const char *name, const struct cpio_entry *e)
{
    struct new_inode what = {.mode = e->mode,
                             .uid = e->uid,
                             .gid = e->gid,
                             .rdev = DEVICE(e->rdev_major, e->rdev_minor)};
    int err = make_parents(u, name);
    if (!err && S_ISREG(e->mode) && e->n_links > 1 && annex_hooks.shared_name)
        err = annex_hooks.shared_name(u->fs, name, e);
    if (err)
        return min(err, 0);
    if ((e->mode & S_IFMT) == S_IFLNK) {
        if (e->size == 0 || e->size >= PAGE_SIZE)
            return e->size ? -ENAMETOOLONG : -ENOENT;
        memcpy(u->scratch, e->data, e->size);
        u->scratch[e->size] = '\0';
        what.target = u->scratch;
    }
    return vfs_make(u->fs, name, &what);
}

static void set_attributes(struct inode *inode, const struct cpio_entry *e)
{
    spin_lock(&inode->lock);
    inode->mode = (inode->mode & S_IFMT) | (e->mode & 07777);
    inode->uid = e->uid;
    inode->gid = e->gid;
    inode_set_changed(inode, e->mtime * 1000000000ll);
    inode->atime = inode->mtime;
    spin_unlock(&inode->lock);
}

/* The entry's contents, in place if they begin on a page. 0 or -ENOSPC. */
static int give_contents(struct inode *inode, const struct cpio_entry *e)
{
    paddr_t at = virt_to_phys(e->data);
    return e->size > 0 && at % PAGE_SIZE == 0 ? ramfs_adopt(inode, at, e->size)
                                              : ramfs_fill(inode, e->data, e->size);
}

/* Gives the file with that name the contents and attributes of the entry. 0 or -errno. */
static int fill(struct unpacking *u, const char *name, const struct cpio_entry *e)
{
    struct dentry *found;
    int err = path_walk(u->fs, AT_FDCWD, name, 0, &found);
    if (err < 0)
        return err;
    struct inode *inode = found->inode;
    if ((inode->mode & S_IFMT) != (e->mode & S_IFMT)) {
        err = -EEXIST;
    } else if (inode_is(inode, S_IFREG) && (e->size > 0 || e->n_links < 2)) {
        err = inode->size ? inode->ops->truncate(inode, 0) : 0;
        if (err == 0)
            err = give_contents(inode, e);
    }
    if (err == 0)
        set_attributes(inode, e);
    dentry_unref(found);
    return err;
}

/* Removes the file with that name if it is of another kind than the entry, for example a link that
 * a later archive replaces by a file. 0 if the name is free now, -EEXIST if the file stays. */
static int make_way(struct unpacking *u, const char *name, const struct cpio_entry *e)
{
    struct dentry *found;
    struct last_name last;
    int err = path_walk(u->fs, AT_FDCWD, name, 0, &found);
    if (err < 0)
        return err;
    err = -EEXIST;
    if (!inode_is(found->inode, e->mode & S_IFMT) && !inode_is(found->inode, S_IFDIR) &&
        path_walk_parent(u->fs, AT_FDCWD, name, &last) == 0) {
        err = last.dir->inode->ops->remove(last.dir, last.name, last.len, found);
        last_name_release(&last);
    }
    dentry_unref(found);
    return err;
}

static bool kind_is_known(uint32_t mode)
{
    switch (mode & S_IFMT) {
    case S_IFREG:
    case S_IFDIR:
    case S_IFLNK:
    case S_IFCHR:
    case S_IFBLK:
    case S_IFIFO:
    case S_IFSOCK: return true;
    default: return false;
    }
}

/* Unpacks one entry of the archive. 0 or -errno. */
static int unpack_entry(struct unpacking *u, const struct cpio_entry *e)
{
    const char *name = clean_name(e->name);
    if (!cpio_name_is_safe(name) || !kind_is_known(e->mode))
        return -EINVAL;
    if (!*name)
        return 0;
    int err = make_name(u, name, e);
    if (err == -EEXIST && make_way(u, name, e) == 0)
        err = make_name(u, name, e);
    if (err < 0 && err != -EEXIST)
        return err;
    u->n_entries++;
    return fill(u, name, e);
}

/* While a module is unpacked its pages have a reference more: names and targets lie between the
 * files, and a later entry of the same name takes the pages of the former one. */
static void drop_pages(const struct memory_range *pages)
{
    for (paddr_t page = pages->start; page < pages->end; page += PAGE_SIZE)
        frame_unref(page);
}

static void unpack(struct fs_context *fs, const struct memory_range *module)
{
    const void *archive = phys_to_virt(module->start);
    size_t size = module->end - module->start, at = 0;
    struct unpacking u = {.fs = fs, .scratch = buffer_alloc()};
    struct cpio_entry e;
    int result;
    while ((result = cpio_next(archive, size, &at, &e)) > 0) {
        result = u.scratch ? unpack_entry(&u, &e) : -ENOMEM;
        if (result == -ENOMEM || result == -ENOSPC)
            panic("memory is too small for the root archive: full at %s (%lu bytes)", e.name,
                  e.size);
        if (result < 0)
            panic("the root archive cannot be unpacked: %s: error %d", e.name, -result);
    }
    if (result < 0)
        panic("the root archive is damaged at byte %zu of %zu, after %s", at, size,
              u.n_entries ? e.name : "its start");
    klog("boot: root archive of %zu KB: %u names", size / 1024, u.n_entries);
    if (annex_hooks.shared_name)
        annex_hooks.shared_name(fs, NULL, NULL);
    buffer_free(u.scratch);
}

void boot_unpack(struct fs_context *fs, const struct memory_range *module)
{
    const struct memory_range pages = {align_down(module->start, PAGE_SIZE),
                                       align_up(module->end, PAGE_SIZE)};
    mm_adopt(&pages);
    unpack(fs, module);
    drop_pages(&pages);
}
