/* Files with several names in the root archive.
 *
 * Such a file has an entry for each of its names, and only one of them has the contents: in the
 * order of the archive, the last. The first name is made as a file, each other one as a link to it,
 * and boot fills in the contents when they come. */
/* SPDX-License-Identifier: MIT */
#include "abi/errno.h"
#include "abi/fcntl.h"
#include "annex.h"
#include "hooks.h"
#include "lib.h"
#include "mm.h"
#include "vfs.h"

/* The first name of a file that has several. */
struct first_name {
    struct list link;
    const char *name;
    uint32_t ino, dev_major, dev_minor;
};

/* A list is enough, because few files have several names. */
static struct list first_names = LIST_INIT(first_names);

static struct first_name *find_first_name(const struct cpio_entry *e)
{
    struct first_name *first;
    list_for_each(first, &first_names, link)
        if (first->ino == e->ino && first->dev_major == e->dev_major &&
            first->dev_minor == e->dev_minor)
            return first;
    return NULL;
}

static int remember_first_name(const char *name, const struct cpio_entry *e)
{
    struct first_name *first = kmalloc(sizeof(*first));
    if (!first)
        return -ENOMEM;
    *first = (struct first_name){
        .name = name, .ino = e->ino, .dev_major = e->dev_major, .dev_minor = e->dev_minor};
    list_add_tail(&first_names, &first->link);
    return 0;
}

static void forget_first_names(void)
{
    struct first_name *first, *spare;
    list_for_each_safe(first, spare, &first_names, link)
        kfree(first);
    list_init(&first_names);
}

/* Makes `name` another name of the file whose first name is `first`. 1 or -errno. */
static int make_link(struct fs_context *fs, const char *first, const char *name)
{
    struct dentry *found;
    struct last_name last;
    int err = path_walk(fs, AT_FDCWD, first, 0, &found);
    if (err)
        return err;
    err = path_walk_parent(fs, AT_FDCWD, name, &last);
    if (!err) {
        err = last.dir->inode->ops->link(last.dir, last.name, last.len, found->inode);
        last_name_release(&last);
    }
    dentry_unref(found);
    return err ? err : 1;
}

static int shared_name(struct fs_context *fs, const char *name, const struct cpio_entry *e)
{
    struct first_name *first = e ? find_first_name(e) : NULL;
    if (!e)
        forget_first_names();
    else if (!first)
        return remember_first_name(name, e);
    else if (strcmp(first->name, name) != 0)
        return make_link(fs, first->name, name);
    return 0;
}

static void start(struct fs_context *fs, const char *command_line)
{
    (void)fs, (void)command_line;
    annex_hooks.shared_name = shared_name;
}

ANNEX(hardlinks, ANNEX_REPORTS, start);
