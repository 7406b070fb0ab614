/* Walking a path: component by component, across symbolic links and mounts, without copying names.
 *
 * A walk has a place, a dentry to which it holds a reference, and the rest of the path. It starts
 * at the root, at the working directory or at the directory of a descriptor (walk_begin). For each
 * component the caller must have permission to search the directory where the walk is. Then the
 * name is looked up there, and what is found becomes the new place. ".." moves to the parent, but
 * not above the root of the context, so a process cannot leave its chroot by it.
 *
 * walk_to_last stops before the last component. Calls that make or remove a name need just that: a
 * directory, and a name in it (path_walk_parent). The others look up the last component themselves
 * and decide whether to follow it if it is a symbolic link (walk_all, open_last in open.c).
 *
 * The target of a symbolic link is itself a path. It is read into a link_text, which is pushed on
 * the stack walk->texts, and is walked first; the link_text also keeps the rest of the text in
 * which the link stood, which continues when the target has been walked. If a link is the last part
 * of a text nothing is left to continue, so its text is dropped at once: a chain of links needs no
 * deep stack. After 40 links the walk ends with -ELOOP, so a circle of links ends, too.
 *
 * Other threads may rename and remove what the walk passes. The reference keeps the place from
 * being freed, not from being removed: lookups in a removed directory find nothing, because only an
 * empty directory can be removed. A call that makes a name checks again with the directory's lock
 * held. */
/* SPDX-License-Identifier: MIT */
#include "local.h"

struct link_text {
    struct link_text *below;
    const char *rest; /* what follows the link in the text below */
    char text[];
};

/* May names be looked up where the walk is? Most directories can be searched by all users, so that
 * is checked first. */
static inline int may_search(struct walk *walk)
{
    struct inode *inode = walk->at->inode;
    if ((inode->mode & (S_IFMT | 0111)) == (S_IFDIR | 0111))
        return 0;
    if (!inode_is(inode, S_IFDIR))
        return -ENOTDIR;
    return walk->cred ? inode_permission(walk->cred, inode, MAY_EXEC)
                      : fs_permission(walk->fs, inode, MAY_EXEC);
}

static inline void walk_move(struct walk *walk, struct dentry *to)
{
    dentry_unref(walk->at);
    walk->at = to;
}

/* The dentry of an open file, at which a path starts, referenced. */
static int dentry_of_fd(struct fs_context *fs, int fd, struct dentry **dentry)
{
    struct file *file;
    int err = fd_get_any(fs, fd, &file);
    if (err)
        return err;
    *dentry = file->dentry;
    dentry_ref(*dentry);
    file_unref(file);
    return 0;
}

int walk_begin(struct walk *walk, struct fs_context *fs, int dirfd, const char *path,
               bool may_empty)
{
    int err = 0;
    walk->fs = fs; /* field by field, so that the fields of walk_to_last are not cleared first */
    walk->cred = NULL;
    walk->rest = path;
    walk->texts = NULL;
    walk->n_links = 0;
    walk->must_be_dir = walk->trailing_slash = false;
    if (!*path && !may_empty)
        return -ENOENT;
    if (*path == '/')
        walk->at = fs_root(fs);
    else if (dirfd == AT_FDCWD)
        walk->at = fs_cwd(fs);
    else
        err = dentry_of_fd(fs, dirfd, &walk->at);
    if (!err && *path && !dentry_is_dir(walk->at)) {
        dentry_unref(walk->at);
        err = -ENOTDIR;
    }
    return err;
}

static void pop_text(struct walk *walk)
{
    struct link_text *text = walk->texts;
    walk->rest = text->rest;
    walk->texts = text->below;
    kfree(text);
}

void walk_drop_texts(struct walk *walk)
{
    while (walk->texts)
        pop_text(walk);
}

/* Walks "..", which is the root itself at the root. */
static void walk_up(struct walk *walk)
{
    struct dentry *root = fs_root(walk->fs);
    if (walk->at != root)
        walk_move(walk, dentry_top(dentry_parent(walk->at)));
    dentry_unref(root);
}

/* Reads the target of a link, as the text that is walked next. 0 or -errno. */
static int push_text(struct walk *walk, struct inode *link)
{
    size_t size = link->size ? link->size : PATH_MAX - 1;
    if (!link->ops->readlink)
        return -EINVAL;
    struct link_text *text = kmalloc(sizeof(*text) + size + 1);
    if (!text)
        return -ENOMEM;
    long length = link->ops->readlink(link, text->text, size);
    if (length <= 0) {
        kfree(text);
        return length < 0 ? (int)length : -ENOENT;
    }
    text->text[length] = '\0';
    while (walk->texts && !*walk->rest)
        pop_text(walk); /* a text that is walked to its end need not be returned to */
    text->rest = walk->rest;
    text->below = walk->texts;
    walk->texts = text;
    walk->rest = text->text;
    if (text->text[0] == '/')
        walk_move(walk, fs_root(walk->fs));
    return 0;
}

/* Follows a link that has a dentry as its target, not a text (/proc/self/cwd). */
static int walk_jump(struct walk *walk, struct dentry *link)
{
    struct dentry *target;
    int err = link->inode->ops->follow(link, &target);
    if (!err)
        walk_move(walk, target);
    return err;
}

int walk_follow(struct walk *walk, struct dentry *link)
{
    int err = -ELOOP;
    if (walk->n_links++ < SYMLINK_FOLLOW_MAX) {
        inode_touch_atime(link->inode);
        err = link->inode->ops->follow ? walk_jump(walk, link) : push_text(walk, link->inode);
    }
    if (walk->n_links > 1)
        cond_resched(); /* the text of each may be as long as a path */
    dentry_unref(link);
    return err;
}

/* Walks one component that is not the last. */
static int walk_step(struct walk *walk, const char *name, size_t len)
{
    if (name[0] == '.' && len == 1)
        return 0;
    if (name[0] == '.' && name[1] == '.' && len == 2) {
        walk_up(walk);
        return 0;
    }
    struct dentry *found;
    int err = dentry_lookup(walk->at, name, len, &found);
    if (err)
        return err;
    if (dentry_is_link(found))
        return walk_follow(walk, found);
    walk_move(walk, found);
    return 0;
}

static int kind_of(const char *name, size_t len) /* LAST_* */
{
    if (name[0] != '.' || len > 2)
        return LAST_NORMAL;
    return len == 1 ? LAST_DOT : name[1] == '.' ? LAST_DOTDOT : LAST_NORMAL;
}

static const char *skip_slashes(const char *text)
{
    while (*text == '/')
        text++;
    return text;
}

/* The end of a component. Most characters are greater than '/', so for them one comparison is
 * enough. */
static const char *skip_name(const char *text)
{
    while (*text > '/' || (*text && *text != '/'))
        text++;
    return text;
}

/* Stores the last component, which lies between `name` and `end`. */
static void set_last(struct walk *walk, const char *name, const char *end)
{
    walk->name = name;
    walk->len = (size_t)(end - name);
    walk->trailing_slash = *end == '/';
    walk->must_be_dir |= walk->trailing_slash;
    walk->kind = kind_of(name, walk->len);
    walk->rest = skip_slashes(end);
}

int walk_to_last(struct walk *walk)
{
    for (;;) {
        const char *name = skip_slashes(walk->rest);
        if (!*name && walk->texts && *walk->texts->rest) {
            pop_text(walk); /* a target was walked to its end: continue after its link */
            continue;
        }
        if (!*name) { /* nothing is left: the path, or a target in it, is "/" */
            walk->kind = LAST_ROOT;
            walk->rest = walk->name = name;
            walk->len = 0;
            return 0;
        }
        int err = may_search(walk);
        if (err)
            return err;
        const char *end = skip_name(name);
        walk->rest = skip_slashes(end);
        bool outer = walk->texts && *walk->texts->rest; /* something follows the link */
        if (!*walk->rest && !outer) {
            set_last(walk, name, end);
            return 0;
        }
        err = walk_step(walk, name, (size_t)(end - name));
        if (err)
            return err;
    }
}

int walk_last_dots(struct walk *walk, struct dentry **found)
{
    if (walk->kind == LAST_DOTDOT)
        walk_up(walk);
    *found = walk->at;
    dentry_ref(*found);
    return 0;
}

/* Walks from the start to the dentry itself. The last component is followed if the flags ask for
 * that, or if it must be a directory. */
static int walk_all(struct walk *walk, unsigned flags, struct dentry **found)
{
    for (;;) {
        int err = walk_to_last(walk);
        if (!err)
            err = walk_last(walk, found);
        if (err)
            return err;
        bool jumped = walk->kind != LAST_NORMAL;
        bool follow = flags & WALK_FOLLOW || walk->must_be_dir;
        if (jumped || !dentry_is_link(*found) || !follow)
            return 0;
        err = vfs_guard ? vfs_guard->follow(walk, (*found)->inode) : 0;
        if (err)
            dentry_unref(*found);
        else
            err = walk_follow(walk, *found);
        if (err)
            return err;
    }
}

int path_walk_as(struct fs_context *fs, const struct cred *cred, int dirfd, const char *path,
                 unsigned flags, struct dentry **found)
{
    struct walk walk;
    int err = walk_begin(&walk, fs, dirfd, path, flags & WALK_EMPTY);
    if (err)
        return err;
    walk.cred = cred;
    err = walk_all(&walk, flags, found);
    if (!err && (flags & WALK_DIRECTORY || walk.must_be_dir) && !dentry_is_dir(*found)) {
        dentry_unref(*found);
        err = -ENOTDIR;
    }
    walk_end(&walk);
    return err;
}

int path_walk(struct fs_context *fs, int dirfd, const char *path, unsigned flags,
              struct dentry **found)
{
    return path_walk_as(fs, NULL, dirfd, path, flags, found);
}

int path_walk_parent(struct fs_context *fs, int dirfd, const char *path, struct last_name *last)
{
    struct walk walk;
    int err = walk_begin(&walk, fs, dirfd, path, false);
    if (err)
        return err;
    err = walk_to_last(&walk);
    if (err) {
        walk_end(&walk);
        return err;
    }
    assert(
        !walk.texts); /* targets have been walked to their ends: the name is in the path itself */
    *last = (struct last_name){
        .dir = walk.at,
        .name = walk.name,
        .len = walk.len,
        .trailing_slash = walk.trailing_slash,
        .kind = walk.kind,
    };
    return 0;
}

void last_name_release(struct last_name *last)
{
    dentry_unref(last->dir);
}
