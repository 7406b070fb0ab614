/* What the files of this room tell each other: the walker, the descriptor table, checks. */
#pragma once

#include "abi/errno.h"
#include "abi/fcntl.h"
#include "abi/limits.h"
#include "vfs.h"

/* ---- Contexts (context.c) ---- */

struct entry *fs_cwd(struct fs_context *fs); /* referenced */
/* Puts the entry in the place of the root or, if that is NULL, of the working directory, and takes
 * over its reference. */
void fs_set_names(struct fs_context *fs, struct entry *root, struct entry *cwd);
struct fs_names *fs_names_create(struct entry *root, struct entry *cwd, uint32_t umask);
/* Only another thread that shares the names could change them meanwhile: a thread that has them
 * alone reads them without the lock. */
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
/* inode_permission by the context's credentials; where all three classes may, nobody needs to be
 * asked who he is. */
static inline int fs_permission(struct fs_context *fs, struct inode *inode, unsigned want)
{
    bool all_may = (inode->mode & want * 0111) == want * 0111;
    return all_may ? 0 : fs_ask_permission(fs, inode, want);
}
bool fs_owns(struct fs_context *fs, struct inode *inode); /* is fsuid the owner or root */
bool fs_is_root(struct fs_context *fs);
void fs_raise(struct fs_context *fs, int signal);

enum { MAY_EXEC = 1, MAY_WRITE = 2, MAY_READ = 4 };

/* ---- Entries ---- */

static inline bool entry_is_dir(const struct entry *entry)
{
    return inode_is(entry->inode, S_IFDIR);
}
static inline bool entry_is_link(const struct entry *entry)
{
    return inode_is(entry->inode, S_IFLNK);
}
struct entry *mount_root(const struct entry *entry); /* what is mounted on it, or NULL */
/* The root of the file system mounted on it, and so on, or itself; keeps the one reference. */
struct entry *entry_top(struct entry *entry);
/* What stands at the name, across a mount; referenced. -ENOENT. */
static inline int entry_lookup(struct entry *dir, const char *name, size_t len,
                               struct entry **found)
{
    const struct inode_ops *ops = dir->inode->ops;
    if (unlikely(len > NAME_MAX))
        return -ENAMETOOLONG;
    int err = ops->lookup ? ops->lookup(dir, name, len, found) : -ENOTDIR;
    if (!err && unlikely((*found)->mounted))
        *found = entry_top(*found);
    return err;
}

/* ---- The walker (walk.c) ---- */

struct link_text; /* a symbolic link's target that is being walked, and what follows it */

struct walk {
    struct fs_context *fs;
    const struct cred *cred; /* by whose rights; NULL: the context's */
    struct entry *at;        /* where it is; referenced */
    const char *rest;        /* what is left of the path or the link's target */
    struct link_text *texts; /* innermost first */
    unsigned n_links;        /* followed so far */
    bool must_be_dir;        /* a slash stands behind the last component, or behind a link's */
    /* set by walk_to_last: */
    const char *name;
    size_t len;
    bool trailing_slash;
    int kind; /* LAST_* */
};
/* At the path's first directory. 0, -EBADF, -ENOTDIR, -ENOENT for the empty path. */
int walk_begin(struct walk *walk, struct fs_context *fs, int dirfd, const char *path,
               bool may_empty);
/* Goes on until only one component is left, which it does not look up. */
int walk_to_last(struct walk *walk);
/* Looks up the last component, without following it: referenced. */
int walk_last_dots(struct walk *walk, struct entry **found); /* of the other kinds */
static inline int walk_last(struct walk *walk, struct entry **found)
{
    return walk->kind == LAST_NORMAL ? entry_lookup(walk->at, walk->name, walk->len, found)
                                     : walk_last_dots(walk, found);
}
/* Goes on with the target of a symbolic link (whose reference it takes over): then walk_to_last
 * again. */
int walk_follow(struct walk *walk, struct entry *link);
/* May the link, the last component of a path, be followed from where the walk is? 0, -EACCES. */
int may_follow(struct walk *walk, const struct inode *link);
/* May O_CREAT open a file that it has found in the directory? 0, -EACCES. */
int may_open_found(struct fs_context *fs, const struct inode *dir, const struct inode *found);
/* May the caller give the file another name? */
bool may_link(struct fs_context *fs, struct inode *inode);
void walk_drop_texts(struct walk *walk);
static inline void walk_end(struct walk *walk)
{
    if (unlikely(walk->texts))
        walk_drop_texts(walk);
    entry_unref(walk->at);
}
/* path_walk by other rights. */
int path_walk_as(struct fs_context *fs, const struct cred *cred, int dirfd, const char *path,
                 unsigned flags, struct entry **found);

/* ---- Making and taking names (make.c, link.c, rename.c) ---- */

/* Walks to where a name is to be made: its directory and last component. Names that are no names
 * ("/", "." and "..") exist: -EEXIST. */
int make_begin(struct fs_context *fs, int dirfd, const char *path, struct last_name *last);
/* May the name be made? Whether it is there already shows for sure only when it is made. */
int make_check(struct fs_context *fs, const struct last_name *last, bool is_dir);
/* Makes a file at the path; `mode` has the type, the umask not yet applied. */
int make_node(struct fs_context *fs, int dirfd, const char *path, uint32_t mode, uint64_t rdev,
              const char *target);
/* unlink, or rmdir. */
int remove_name(struct fs_context *fs, int dirfd, const char *path, bool as_dir);
/* May the entry leave its directory? Write permission, sticky bit, type, mount. */
int may_remove(struct fs_context *fs, struct entry *dir, struct entry *victim, bool as_dir);
void rename_setup(void);

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
struct fd_table *fd_table_create(void);
struct fd_table *fd_table_copy(struct fd_table *from);
void fd_table_unref(struct fd_table *table);
void fd_table_close_on_exec(struct fd_table *table);
int fd_room(struct fs_context *fs); /* is a number free: 0, -EMFILE, -ENOMEM */
/* Puts file at number fd, whose former file is returned (referenced) or NULL. 0 or -errno. */
int fd_put(struct fs_context *fs, struct file *file, int fd, bool cloexec, struct file **former);
int fd_cloexec(struct fs_context *fs, int fd, int set); /* set < 0: asks. 0, 1, -EBADF */
/* Close, or mark close-on-exec, all of first..last. */
void fd_close_range(struct fs_context *fs, uint32_t first, uint32_t last, bool only_mark);

/* ---- Files ---- */

enum { MAX_TRANSFER = 0x7ffff000 }; /* what one read or write moves at most */
#define MAX_FILE_SIZE INT64_MAX

/* A file without entry and operations; 0, -ENOMEM, or -ENFILE: a user has no more than file_max. */
int file_create(struct fs_context *fs, int flags, struct file **made);
/* Gives it an entry (of which it takes a reference) and operations; on failure only file_free is
 * left to do. */
int file_start(struct fs_context *fs, struct file *file, struct entry *entry);
void file_free(struct file *file); /* one that was not started, or is at its end */
/* Read or write at *pos, which moves; the checks and consequences that all files share. */
long file_read(struct file *file, struct io *io, uint64_t *pos);
long file_write(struct fs_context *fs, struct file *file, struct io *io, uint64_t *pos);
/* Holds the file's position if others may use it at the same time. */
bool file_lock_pos(struct fs_context *fs, struct file *file);
int file_truncate(struct fs_context *fs, struct inode *inode, uint64_t size);
int device_open(struct inode *inode, struct file *file);
extern const struct file_ops dir_file_ops;

/* ---- Inodes ---- */

int inode_get_write(struct inode *inode); /* open for writing: 0 or -ETXTBSY */
void inode_put_write(struct inode *inode);
/* Set-user-id and set-group-id fall when the contents change, but for root. */
void inode_drop_privileges(struct fs_context *fs, struct inode *inode);
int inode_allow_change(struct inode *inode);
/* Owner, group and mode for what is to be made in dir: `mode` has a type. */
void new_inode_init(struct new_inode *what, struct fs_context *fs, struct inode *dir,
                    uint32_t mode);

/* ---- poll (poll.c), for select, too ---- */

struct poll_item {
    struct file *file;  /* referenced; NULL: not looked at */
    uint32_t want, got; /* POLL* */
};
/* Waits until an item is ready: how many are, 0 at the deadline, -EINTR, -ENOMEM. */
int poll_wait(struct poll_item *items, size_t n, uint64_t deadline_ns);
void poll_release(struct poll_item *items, size_t n); /* the files, and the items themselves */
/* In loops over descriptors, which end soon enough also when the thread was killed. */
void poll_breathe(size_t i);
/* Puts another signal mask in force until the call ends; at may be null. 0 or -errno. */
int poll_mask_signals(uaddr_t at, size_t size);
/* When a wait of that length ends; 0: at once. False: malformed. */
bool deadline_after(int64_t seconds, int64_t ns, uint64_t *deadline);
/* The same of a timespec in user memory; none: for ever. 0, -EFAULT, -EINVAL. */
int fetch_deadline(uaddr_t at, uint64_t *deadline);
uint64_t ns_left(uint64_t deadline);

/* ---- Record locks and flock (lock.c, lock_set.c) ---- */

void lock_setup(void); /* once, before the first file is closed */
int lock_record(struct fs_context *fs, struct file *file, unsigned command, uaddr_t arg);
void lock_drop_owner(struct inode *inode, const void *owner); /* a table or a file is closed */

/* ---- Leases (lease.c) ---- */

/* F_SETLEASE of the descriptor fd: 0, -EINVAL, -EACCES, -EAGAIN, -ENOMEM. */
int lease_set(struct fs_context *fs, struct file *file, int fd, uint64_t type);
int lease_get(const struct file *file); /* F_GETLEASE: what it is, or is to become */
void lease_drop(struct file *file);     /* it is at its end */
/* An open or truncate with these flags (O_ACCMODE, O_NONBLOCK), which is counted already: asks the
 * holders of leases that are in its way, and waits for them. 0, -EAGAIN, -ERESTARTSYS. */
int lease_break(struct fs_context *fs, struct inode *inode, int flags);
/* F_SETOWN by the context's user; the number is used. */
void file_set_owner(struct fs_context *fs, struct file *file, uint8_t type, int pid);
