/* What the files of this room share: the walk, the descriptor table, checks, locks. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include "abi/errno.h"
#include "abi/fcntl.h"
#include "abi/limits.h"
#include "vfs.h"

/* ---- Contexts (context.c) ---- */

struct dentry *fs_cwd(struct fs_context *fs); /* referenced */
/* Replaces the root or, if `root` is NULL, the working directory. Takes over the caller's
 * reference. */
void fs_set_names(struct fs_context *fs, struct dentry *root, struct dentry *cwd);
struct fs_names *fs_names_create(struct dentry *root, struct dentry *cwd, uint32_t umask);
/* Only a thread that shares the names can change them meanwhile: a thread that does not share them
 * reads them without the lock. True: the lock was taken. */
static inline bool names_lock_if_shared(struct fs_names *names)
{
    bool shared = __atomic_load_n(&names->refs, __ATOMIC_RELAXED) > 1;
    if (unlikely(shared))
        spin_lock(&names->lock);
    return shared;
}
static inline void names_unlock_if(struct fs_names *names, bool locked)
{
    if (unlikely(locked))
        spin_unlock(&names->lock);
}
int fs_ask_permission(struct fs_context *fs, struct inode *inode, unsigned want);
/* inode_permission by the context's credentials. In the usual case owner, group and others are all
 * allowed, and credentials need not be looked at. */
static inline int fs_permission(struct fs_context *fs, struct inode *inode, unsigned want)
{
    bool all_may = (inode->mode & want * 0111) == want * 0111;
    return all_may ? 0 : fs_ask_permission(fs, inode, want);
}
bool fs_owns(struct fs_context *fs, struct inode *inode); /* is fsuid the owner, or root? */
bool fs_is_root(struct fs_context *fs);

enum { MAY_EXEC = 1, MAY_WRITE = 2, MAY_READ = 4 };

/* ---- Dentries ---- */

static inline bool dentry_is_dir(const struct dentry *dentry)
{
    return inode_is(dentry->inode, S_IFDIR);
}
static inline bool dentry_is_link(const struct dentry *dentry)
{
    return inode_is(dentry->inode, S_IFLNK);
}
struct dentry *mount_root(const struct dentry *dentry); /* the root mounted on it, or NULL */
/* The dentry itself, or the root that is mounted on it, or on that, and so on. The caller's
 * reference to the dentry becomes one to the result. */
struct dentry *dentry_top(struct dentry *dentry);
/* Finds the dentry of a name, referenced; if a file system is mounted there, its root. -ENOENT,
 * -ENOTDIR, -ENAMETOOLONG. */
static inline int dentry_lookup(struct dentry *dir, const char *name, size_t len,
                                struct dentry **found)
{
    const struct inode_ops *ops = dir->inode->ops;
    if (unlikely(len > NAME_MAX))
        return -ENAMETOOLONG;
    int err = ops->lookup ? ops->lookup(dir, name, len, found) : -ENOTDIR;
    if (!err && unlikely((*found)->mounted))
        *found = dentry_top(*found);
    return err;
}

/* ---- The walk along a path (walk.c) ---- */

struct link_text; /* the target of a symbolic link, of which a part is still to be walked */

struct walk {
    struct fs_context *fs;
    const struct cred *cred; /* by which permissions are checked; NULL: the context's */
    struct dentry *at;       /* where the walk is; referenced */
    const char *rest;        /* what is left of the path, or of the innermost target */
    struct link_text *texts; /* targets that are being walked, the innermost first */
    unsigned n_links;        /* how many links were followed */
    bool must_be_dir;        /* a slash follows the last component, of the path or of a target */
    /* set by walk_to_last: */
    const char *name;
    size_t len;
    bool trailing_slash;
    int kind; /* LAST_* */
};
/* Begins a walk at the directory where the path starts. 0, -EBADF, -ENOTDIR, -ENOENT for the empty
 * path. If it succeeds walk_end must follow. */
int walk_begin(struct walk *walk, struct fs_context *fs, int dirfd, const char *path,
               bool may_empty);
/* Walks on until only one component is left, which is not looked up: name, len and kind say what
 * it is. 0 or -errno. */
int walk_to_last(struct walk *walk);
int walk_last_dots(struct walk *walk, struct dentry **found); /* walk_last of "/", "." and ".." */
/* Looks up the last component, referenced. A symbolic link is not followed. 0 or -errno. */
static inline int walk_last(struct walk *walk, struct dentry **found)
{
    return walk->kind == LAST_NORMAL ? dentry_lookup(walk->at, walk->name, walk->len, found)
                                     : walk_last_dots(walk, found);
}
/* Follows a symbolic link, whose reference it takes over: its target will be walked by the next
 * walk_to_last. 0 or -errno. */
int walk_follow(struct walk *walk, struct dentry *link);
/* Protection from names that another user has planted: the functions of the annex protect. */
struct guard_ops {
    /* Follow a link that is the last component of a path? 0 or -EACCES. */
    int (*follow)(struct walk *walk, const struct inode *link);
    /* May O_CREAT open a file that exists in the directory? 0 or -EACCES. */
    int (*open)(struct fs_context *fs, const struct inode *dir, const struct inode *found);
    /* May the caller give the file another name? */
    bool (*link)(struct fs_context *fs, struct inode *inode);
};
extern const struct guard_ops *vfs_guard; /* NULL, or set while the kernel starts */
void walk_drop_texts(struct walk *walk);
static inline void walk_end(struct walk *walk)
{
    if (unlikely(walk->texts))
        walk_drop_texts(walk);
    dentry_unref(walk->at);
}
/* path_walk, with permissions checked by other credentials. */
int path_walk_as(struct fs_context *fs, const struct cred *cred, int dirfd, const char *path,
                 unsigned flags, struct dentry **found);

/* ---- Making and removing names (make.c, link.c, rename.c) ---- */

/* path_walk_parent for a name that is to be made. "/", "." and ".." always exist: -EEXIST. */
int make_begin(struct fs_context *fs, int dirfd, const char *path, struct last_name *last);
/* May the name be made? The file system still has to check whether it exists, because another
 * thread may make it after this check. 0 or -errno. */
int make_check(struct fs_context *fs, const struct last_name *last, bool is_dir);
/* Makes an empty file of any type at the path. `mode` has the type, and permissions to which the
 * umask is applied here; `target` is for a symbolic link. 0 or -errno. */
int make_node(struct fs_context *fs, int dirfd, const char *path, uint32_t mode, uint64_t rdev,
              const char *target);
/* unlink or, with as_dir, rmdir. */
int remove_name(struct fs_context *fs, int dirfd, const char *path, bool as_dir);
/* May the dentry be removed from its directory? Checks write permission, sticky bit, type and
 * mounts. 0 or -errno. */
int may_remove(struct fs_context *fs, struct dentry *dir, struct dentry *victim, bool as_dir);
void rename_setup(void);

/* A rename in progress: no directory gets another parent meanwhile. */
struct renaming {
    struct last_name old, new;
    struct dentry *from, *over; /* over: what has the new name, or NULL */
    unsigned flags;
};
/* Checks what needs no permissions: slashes, existence, and that directories remain a tree. */
int rename_check_names(const struct renaming *r);
/* Checks the caller's permissions. */
int rename_check_rights(struct fs_context *fs, const struct renaming *r);

/* ---- Descriptors (fd_table.c) ---- */

struct fd_table {
    uint32_t refs; /* atomic: contexts */
    struct spinlock lock;
    /* guarded by lock: */
    uint32_t size;   /* slots */
    uint32_t lowest; /* every number below it is in use */
    uint64_t *slots; /* file pointers; bit 0: close on exec */
    uint64_t *used;  /* one bit a slot */
    uint64_t inline_slots[16];
    uint64_t inline_used[1];
};
#define CLOEXEC_BIT    1ull /* in a slot */
#define FILES_A_BREATH 64   /* files that are closed between two calls of cond_resched */
/* Frees number fd. The file that was there, with the table's reference, or NULL. Lock: table->lock
 * held. */
struct file *fd_table_take(struct fd_table *table, uint32_t fd);
/* Drops a file that was removed from the table. As POSIX wants, that also removes all record locks
 * that were set on the file by this table. */
void fd_table_close_file(struct fd_table *table, struct file *file);
struct fd_table *fd_table_create(void); /* one reference; NULL: out of memory, as below */
/* A table with the same files at the same numbers. */
struct fd_table *fd_table_copy(struct fd_table *from);
void fd_table_unref(struct fd_table *table);
void fd_table_close_on_exec(struct fd_table *table);
int fd_room(struct fs_context *fs); /* is a number free? 0, -EMFILE, -ENOMEM */
/* Puts the file at number fd. *former is the file that was there, with the table's reference, or
 * NULL. 0 or -errno. */
int fd_put(struct fs_context *fs, struct file *file, int fd, bool cloexec, struct file **former);
/* Sets or clears close-on-exec; with set < 0 it is only asked for. 0, 1 or -EBADF. */
int fd_cloexec(struct fs_context *fs, int fd, int set);

/* ---- Changes of attributes (attr.c) ---- */

struct change {
    /* Applies the change, if cred may make it. 0 or -errno. */
    int (*apply)(const struct cred *cred, struct inode *inode, const struct change *change);
    uint32_t mode, uid, gid;
    const void *more; /* what else a function needs */
};

int change_path(struct fs_context *fs, int dirfd, const char *path, unsigned walk_flags,
                const struct change *change);
int change_fd(struct fs_context *fs, int fd, const struct change *change);
static inline bool cred_owns(const struct cred *cred, const struct inode *inode)
{
    return cred_is_root(cred) || cred->fsuid == inode->uid;
}

/* ---- Files ---- */

int stat_walk_flags(unsigned flags); /* the walk flags for AT_* flags of a stat, or -EINVAL */

enum { MAX_TRANSFER = 0x7ffff000 }; /* the most bytes that one read or write moves */
#define MAX_FILE_SIZE INT64_MAX

/* Makes an open file without a dentry or operations. 0, -ENOMEM, or -ENFILE (see file_max). */
int file_create(struct fs_context *fs, int flags, struct file **made);
/* Gives it a dentry (of which it takes a reference) and operations. After an error the caller calls
 * file_free. */
int file_start(struct fs_context *fs, struct file *file, struct dentry *dentry);
void file_free(struct file *file); /* frees a file that was not started, or that has ended */
/* Read or write at *pos and move it; with the checks and side effects that all files share. Bytes
 * or -errno. */
long file_read(struct file *file, struct uio *uio, uint64_t *pos);
long file_write(struct fs_context *fs, struct file *file, struct uio *uio, uint64_t *pos);
/* Gets the open file, referenced. Checks that it is open for the direction, that it has the
 * operation and, if a position is given (`at`), that it has positions. 0 or -errno. */
int file_get_for(struct fs_context *fs, int fd, bool write, bool at, struct file **file);
/* One transfer, at *at or, if that is NULL, at the file's own position. Bytes or -errno. */
long file_transfer(struct fs_context *fs, struct file *file, struct uio *uio, bool write,
                   uint64_t *at);
/* Takes pos_lock if others may use the position at the same time. True: it was taken. */
bool file_lock_pos(struct fs_context *fs, struct file *file);
int file_truncate(struct fs_context *fs, struct inode *inode, uint64_t size);
int device_open(struct inode *inode, struct file *file);
extern const struct file_ops dir_file_ops;

/* ---- Inodes ---- */

int inode_get_write(struct inode *inode); /* open for writing: 0 or -ETXTBSY */
void inode_put_write(struct inode *inode);
/* Clears set-user-id and set-group-id before the contents are changed, unless root changes them. */
static inline void inode_drop_privileges(struct fs_context *fs, struct inode *inode)
{
    bool has_some = inode->mode & (S_ISUID | S_ISGID) && inode_is(inode, S_IFREG);
    if (unlikely(has_some) && annex_hooks.drop_privileges)
        annex_hooks.drop_privileges(fs, inode);
}
int inode_allow_change(struct inode *inode);
/* Computes owner, group and mode of an inode that is to be made in dir; `mode` has a type. */
void new_inode_init(struct new_inode *what, struct fs_context *fs, struct inode *dir,
                    uint32_t mode);

/* ---- Locks on files, and leases ---- */

/* The functions of the locks annex, if it is built. */
struct lock_ops {
    /* The commands of fcntl about locks, leases, and the owner that the file signals; -ENOSYS for
     * others. */
    long (*fcntl)(struct fs_context *fs, struct file *file, int fd, unsigned command, uint64_t arg);
    /* Removes all locks of an owner on the inode: a descriptor table that closes a descriptor of
     * it, or an open file that ends. */
    void (*drop_owner)(struct inode *inode, const void *owner);
    void (*lease_drop)(struct file *file); /* removes the lease of an open file that ends */
    /* Called by open and truncate with these flags (O_ACCMODE, O_NONBLOCK), after they are counted
     * in the inode: signals the holders of conflicting leases, and waits until these are gone. 0,
     * -EAGAIN, -ERESTARTSYS. */
    int (*lease_break)(struct fs_context *fs, struct inode *inode, int flags);
};
extern const struct lock_ops *vfs_locks; /* NULL, or set before the first file is opened */

static inline void lock_drop_owner(struct inode *inode, const void *owner)
{
    if (vfs_locks)
        vfs_locks->drop_owner(inode, owner);
}
static inline int lease_break(struct fs_context *fs, struct inode *inode, int flags)
{
    return vfs_locks ? vfs_locks->lease_break(fs, inode, flags) : 0;
}
