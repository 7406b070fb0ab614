/* /proc/PID/mounts, mountinfo and mountstats: which file system is mounted where. */
/* SPDX-License-Identifier: MIT */
#include "abi/sysmacros.h"
#include "nodes.h"

/* Adds a path with blanks as \040, so that it stays one word. */
static void add_path(struct text *text, const char *path)
{
    for (; *path; path++) {
        if (*path == ' ' || *path == '\t' || *path == '\n' || *path == '\\')
            text_add(text, "\\%03o", *path);
        else
            text_add_bytes(text, path, 1);
    }
}

/* Adds a line for each mount. */
static int add_mounts(struct text *text, void (*add)(struct text *text, unsigned index,
                                                     const struct mount_info *info, const char *at))
{
    struct mount_info info;
    char *page = buffer_alloc(), *start;
    if (!page)
        return -ENOMEM;
    for (unsigned i = 0; vfs_mount_at(i, &info); i++)
        if (path_seen(info.at, page, &start) == 0)
            add(text, i, &info, start);
    buffer_free(page);
    return 0;
}

static void add_mount(struct text *text, unsigned index, const struct mount_info *info,
                      const char *at)
{
    (void)index;
    text_add(text, "%s ", info->fs->type);
    add_path(text, at);
    text_add(text, " %s rw,relatime 0 0\n", info->fs->type);
}

int proc_text_mounts(struct text *text, const struct proc_inode *of)
{
    (void)of;
    return add_mounts(text, add_mount);
}

static void add_mountinfo(struct text *text, unsigned index, const struct mount_info *info,
                          const char *at)
{
    const struct filesystem *above = info->covers ? info->covers->inode->fs : NULL;
    (void)index;
    text_add(text, "%lu %lu %u:%u / ", vfs_mount_id(info->fs), above ? vfs_mount_id(above) : 0,
             MAJOR_OF(info->fs->dev), MINOR_OF(info->fs->dev));
    add_path(text, at);
    text_add(text, " rw,relatime - %s %s rw\n", info->fs->type, info->fs->type);
}

int proc_text_mountinfo(struct text *text, const struct proc_inode *of)
{
    (void)of;
    return add_mounts(text, add_mountinfo);
}

static void add_stats(struct text *text, unsigned index, const struct mount_info *info,
                      const char *at)
{
    (void)index;
    text_add(text, "device %s mounted on ", info->fs->type);
    add_path(text, at);
    text_add(text, " with fstype %s\n", info->fs->type);
}

int proc_text_mountstats(struct text *text, const struct proc_inode *of)
{
    (void)of;
    return add_mounts(text, add_stats);
}
