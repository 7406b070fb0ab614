/* The vfs room: names, inodes, open files and descriptors, for any file system.
 *
 * Four objects are on the way from a program's number or path to the bytes of a file. A descriptor
 * is a number in a struct fd_table; it refers to a struct file, an open file with a position. That
 * refers to a struct dentry, a name in a directory, and the dentry to a struct inode, the file
 * itself. Several descriptors may share an open file (dup, fork), several open files an inode, and
 * several names an inode (link). Each object counts its references, and is freed with the last.
 *
 * The room never asks for the current process. A function that depends on it is given a struct
 * fs_context (sched.h): the names of a thread (root, working directory, umask), its descriptors,
 * and what belongs to its process (credentials, limits).
 *
 * Lock rule: an inode's lock guards its attributes and, in a directory, the dentries; names_lock
 * guards the name and the parent of every dentry; a descriptor table, an open file's position and
 * the names of a thread have locks of their own. They are taken in the order of lock_rank.
 *
 * Read inode.c, dentry.c and walk.c first, then file.c and open.c, then the calls. The first
 * chapter of rooms.mk (credentials, descriptors, contexts) can wait until it is needed.
 *
 * What upper rooms give: inode_ops (ramfs, procfs), file_ops (ramfs, ipc, dev and others), devices
 * and hooks (hooks.h). */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "abi/dirent.h"
#include "abi/fcntl.h"
#include "abi/stat.h"
#include "lib.h"
#include "mm.h"
#include "sched.h"
#include "x86.h"

struct dentry;
struct inode;
struct file;
struct filesystem;
struct statfs;

/* ---- Users and credentials ---- */

/* Counts what all processes of one real user id hold together, for the limits that apply to a user.
 * It exists as long as credentials, processes or things that are counted for it refer to it. */
struct user {
    struct tree_node node; /* users_lock; its key is the user id; unused for root */
    /* atomic: */
    uint32_t refs;
    uint32_t n_tasks;      /* processes, and threads beside the first of each: RLIMIT_NPROC */
    uint32_t n_signals;    /* queued for its processes: RLIMIT_SIGPENDING */
    uint32_t n_pipe_pages; /* the capacity of its pipes: pipe-user-pages-soft */
};
extern struct user root_user;
void user_ref(struct user *user);
void user_unref(struct user *user);

/* Credentials. They are not changed while they are shared (refs > 1): a copy is changed instead. */
struct cred {
    uint32_t refs; /* atomic */
    uint32_t uid, euid, suid, fsuid;
    uint32_t gid, egid, sgid, fsgid;
    struct user *user; /* of uid; referenced */
    uint32_t n_groups;
    uint32_t groups[]; /* supplementary, sorted */
};
struct cred *cred_create_root(void);
/* A copy with room for n_groups groups, to which the groups are copied as far as they fit. NULL:
 * out of memory. */
struct cred *cred_copy(const struct cred *cred, uint32_t n_groups);
void cred_ref(struct cred *cred);
void cred_unref(struct cred *cred);
bool cred_in_group(const struct cred *cred, uint32_t gid); /* fsgid or supplementary */
static inline bool cred_is_root(const struct cred *cred)
{
    return cred->fsuid == 0;
}

/* Where paths begin, and the umask. It belongs to one thread, to the threads of a process, or to
 * several processes, according to the flags of clone (CLONE_FS). */
struct fs_names {
    uint32_t refs;             /* atomic: contexts */
    struct spinlock lock;      /* rank RANK_FDS */
    struct dentry *root, *cwd; /* guarded by lock; referenced */
    uint32_t n_execs; /* guarded by lock: how many set-id programs are being started with it */
    uint32_t umask;   /* atomic */
};

/* What the vfs needs to know of a process. Each process has one, for all its threads. */
struct fs_process {
    struct spinlock lock; /* rank RANK_FDS */
    struct cred *cred;    /* guarded by lock; the process itself reads it through fs_cred() */
    uint64_t limit_files, limit_file_bytes; /* RLIMIT_NOFILE, RLIMIT_FSIZE */
    int pid;                                /* constant; F_GETLK gives it as the owner of a lock */
    /* How many threads the process has, kept up to date by proc. While it is 1 only the thread that
     * reads it can change that, so it needs no lock for what its process has. */
    uint32_t n_threads;
};
/* Fills in the part of a new process, which has one thread: the credentials (with a reference of
 * its own), and the limits are copied. The caller sets pid. */
void fs_process_copy(struct fs_process *to, struct fs_process *from);
/* Makes the context of a new thread, of the same process or of a new one. Names and descriptors are
 * shared or copied. 0, -ENOMEM, or -EAGAIN while n_execs forbids sharing; after an error `to` holds
 * no references. */
int fs_context_copy(struct fs_context *to, struct fs_context *from, struct fs_process *process,
                    bool share_names, bool share_fds);
/* Gives the calling thread names or descriptors of its own, as asked, where they are shared. 0, or
 * -ENOMEM with nothing changed. */
int fs_context_unshare(struct fs_context *fs, bool names, bool fds);
void fs_context_close_on_exec(struct fs_context *fs); /* its table must not be shared any more */
void fs_context_release(struct fs_context *fs);       /* drops its names and descriptors */
/* Both are referenced. Only for the calling thread's own context. */
struct cred *fs_cred(struct fs_context *fs);
struct dentry *fs_root(struct fs_context *fs);

/* ---- Inodes: files, without their names ---- */

/* Describes an inode that is to be made. */
struct new_inode {
    uint32_t mode; /* type and permissions, umask applied already */
    uint32_t uid, gid;
    uint64_t rdev;
    const char *target; /* of a symbolic link */
};

/* A listing in the layout of getdents64, which is being written to a page of the kernel. */
struct listing {
    char *at, *end; /* the free part of the page */
    bool full;      /* a dentry did not fit */
};
/* Adds a dentry; `type` is DT_*. The name is copied by words, so it must be followed by zeros up to
 * a multiple of 8 bytes. False: there is no room, and nothing was added. */
static inline bool listing_add(struct listing *listing, const char *name, size_t len, uint64_t ino,
                               uint32_t type, uint64_t next_pos)
{
    size_t size = align_up(offsetof(struct linux_dirent64, d_name) + len + 1, 8);
    struct linux_dirent64 *dentry = (struct linux_dirent64 *)listing->at;
    if (listing->at + size > listing->end) {
        listing->full = true;
        return false;
    }
    *(uint64_t *)(listing->at + size - 8) = 0; /* the padding after the name */
    dentry->d_ino = ino;
    dentry->d_off = (int64_t)next_pos;
    dentry->d_reclen = (unsigned short)size;
    dentry->d_type = (unsigned char)type;
    __builtin_memcpy(dentry->d_name, name, 8); /* most names end here */
    for (size_t i = 8; i <= len; i += 8)
        __builtin_memcpy(dentry->d_name + i, name + i, 8);
    listing->at += size;
    return true;
}
#define LISTING_SLACK 8 /* bytes after listing->end that the last word of a name may overwrite */

/* The operations of a file system on its inodes. `dir` is the dentry of a directory. Calling an
 * operation that is absent gives the error in its comment. */
struct inode_ops {
    /* Finds the dentry of that name, referenced; -ENOENT. Absent: -ENOTDIR. */
    int (*lookup)(struct dentry *dir, const char *name, size_t len, struct dentry **found);
    /* Makes a file of any type, referenced; -EEXIST, -ENOENT in a removed directory. Absent: -EPERM
     * (-EACCES for open). */
    int (*create)(struct dentry *dir, const char *name, size_t len, const struct new_inode *what,
                  struct dentry **made);
    /* Gives the inode one more name; -ENOENT if it has none left. Absent: -EPERM. */
    int (*link)(struct dentry *dir, const char *name, size_t len, struct inode *inode);
    /* Removes the dentry from dir; a directory must be empty (-ENOTEMPTY). -ESTALE if the name does
     * not belong to that dentry any more: then the caller looks it up again. Absent: -EPERM. */
    int (*remove)(struct dentry *dir, const char *name, size_t len, struct dentry *victim);
    /* Moves `from` to name in new_dir, where it replaces `over`. If over is NULL the name must be
     * free. -ESTALE if either name has changed since it was looked up. Absent: -EPERM. */
    int (*rename)(struct dentry *from, struct dentry *new_dir, const char *name, size_t len,
                  struct dentry *over);
    /* Lists from position *pos on, and moves *pos. The vfs itself lists "." and "..", which have
     * the positions 0 and 1. Absent: -ENOTDIR. */
    int (*list)(struct inode *dir, struct dentry *self, uint64_t *pos, struct listing *listing);
    /* Stores at most `size` bytes of the target, without a NUL; how many. Absent: -EINVAL. */
    long (*readlink)(struct inode *inode, char *buf, size_t size);
    /* The dentry, referenced, to which a link jumps without a text (/proc/self/cwd). Absent: the
     * text that readlink gives is walked. */
    int (*follow)(struct dentry *link, struct dentry **target);
    int (*truncate)(struct inode *inode, uint64_t size); /* absent: -EINVAL */
    int (*open)(struct inode *inode, struct file *file); /* sets file->ops, may refuse */
    void (*attributes)(struct inode *inode); /* updates them before a stat; may be absent */
    int (*enter)(const struct inode *inode); /* before it is a working directory; absent: allowed */
    /* Is access allowed although the mode forbids it? Absent: no. */
    bool (*allows)(const struct inode *inode);
    int (*allow_change)(struct inode *inode); /* before chmod, chown, utimes; absent: allowed */
    /* Before chmod, with inode->lock held; absent: allowed. */
    int (*allow_mode)(struct inode *inode, uint32_t mode);
    uint64_t (*blocks)(struct inode *inode); /* 512-byte units in use; absent: 0 */
    void (*release)(struct inode *inode); /* frees it; called when the last reference is dropped */
};

/* A time since 1970. Programs may set times so far away that 64 bits of nanoseconds are not enough
 * for them. */
struct file_time {
    int64_t seconds;
    uint32_t ns; /* of the second: below 1,000,000,000 */
} __attribute__((packed, aligned(4)));
struct file_time file_time_of(int64_t ns); /* since 1970 */

struct inode {
    const struct inode_ops *ops;
    struct filesystem *fs;
    uint64_t ino;         /* unique in its file system */
    uint32_t refs;        /* atomic: dentries, open files, walks */
    int32_t writers;      /* atomic: open for writing if > 0; writing denied (exec) if < 0 */
    struct spinlock lock; /* rank RANK_INODE, or by spin_lock_as one of the next three */
    /* guarded by lock (a single aligned word may be read without it): */
    uint16_t mode;
    uint8_t write_hint; /* F_SET_RW_HINT; kept, but without effect */
    uint32_t uid, gid, nlink;
    uint64_t size;
    struct file_time atime, mtime; /* set by programs; a stat may see one that is half changed */
    int64_t ctime_ns, btime_ns;    /* from the clock; since 1970 */
    union {
        uint64_t rdev;      /* of a device */
        void *fifo;         /* of a FIFO: ipc's struct pipe, NULL while it is not open */
        uint32_t n_readers; /* atomic; of a regular file: files open only to read */
    };
};

/* Fills in an inode: one reference, link count 1, all times now, the next number of fs. The caller
 * may change all that. */
void inode_init(struct inode *inode, const struct inode_ops *ops, struct filesystem *fs,
                uint32_t mode);
static inline bool inode_is(const struct inode *inode, uint32_t type)
{
    return (inode->mode & S_IFMT) == type;
}
static inline void inode_ref(struct inode *inode)
{
    __atomic_fetch_add(&inode->refs, 1, __ATOMIC_RELAXED);
}
void inode_unref(struct inode *inode);
/* Does the mode allow this access (bits: 4 read, 2 write, 1 execute or search) to cred's fsuid and
 * groups? 0 or -EACCES. */
int inode_permission(const struct cred *cred, struct inode *inode, unsigned want);
int inode_deny_write(struct inode *inode); /* for exec; -ETXTBSY if it is open for writing */
void inode_allow_write(struct inode *inode);
void inode_touch_atime(struct inode *inode); /* after a read, by the rule of relatime */
void inode_touch_mtime(struct inode *inode); /* after a write: mtime and ctime */
void inode_set_changed(struct inode *inode, int64_t now_ns); /* the same; Lock: inode->lock held. */
void inode_stat(struct inode *inode, struct stat *st);

struct filesystem {
    const char *type;  /* "ramfs", "proc": for /proc/mounts */
    uint64_t dev;      /* st_dev */
    uint64_t next_ino; /* atomic */
    uint64_t n_inodes; /* atomic: how many exist, counted by inode_init and inode_unref */
    struct dentry *root;
    void (*statfs)(struct filesystem *fs, struct statfs *st);
};
uint64_t filesystem_new_dev(void); /* an unused number for filesystem.dev */

/* ---- Dentries: names in directories ---- */

/* A name: up to 15 bytes are kept inside, a longer one in a block. It is followed by a NUL and
 * further zeros up to a multiple of 8 bytes. */
union name_place {
    char inside[16];
    char *block;
};

struct dentry {
    struct hash_node node; /* guarded by the parent inode's lock, as are slot and dead */
    uint32_t slot;         /* its position in listings of the directory */
    uint32_t refs;         /* atomic */
    struct inode *inode;   /* constant; referenced */
    struct dentry *parent; /* guarded by names_lock; referenced; a root's: itself, unreferenced */
    bool dead;             /* removed from its directory */
    bool mounted;          /* a file system is mounted here: see mount_root */
    uint16_t name_len;     /* guarded by names_lock and the parent's lock, as is name */
    union name_place name;
};
_Static_assert(sizeof(struct dentry) == 64,
               "a directory of a million names has a million of these");

static inline const char *dentry_name(const struct dentry *dentry)
{
    return dentry->name_len < sizeof(dentry->name) ? dentry->name.inside : dentry->name.block;
}

extern struct spinlock names_lock;
/* Makes a dentry for an inode, with one reference. It takes over the caller's reference to the
 * inode. Without a parent it is a root. NULL: out of memory; then the caller keeps its reference.
 */
struct dentry *dentry_create(struct dentry *parent, struct inode *inode, const char *name,
                             size_t len);
static inline void dentry_ref(struct dentry *dentry)
{
    __atomic_fetch_add(&dentry->refs, 1, __ATOMIC_RELAXED);
}
void dentry_free(struct dentry *dentry); /* for dentry_unref: its last reference was dropped */
static inline void dentry_unref(struct dentry *dentry)
{
    if (dentry && __atomic_sub_fetch(&dentry->refs, 1, __ATOMIC_ACQ_REL) == 0)
        dentry_free(dentry);
}
/* The parent, referenced; of a mounted root it is the parent of the dentry that is mounted on. The
 * uppermost root is its own parent. */
struct dentry *dentry_parent(struct dentry *dentry);
/* Is `above` the dentry `below` or one of its ancestors in the same file system? Lock: the mutex of
 * renames held, so that no directory gets another parent meanwhile. Lets others run. */
bool dentry_is_above(const struct dentry *above, const struct dentry *below);
/* Writes the path from root to dentry, with a NUL, to the end of buf[size]; *start is where it
 * begins. -ENAMETOOLONG; -ENOENT if `living` is set and the dentry is dead (the text " (deleted)"
 * is the caller's to add). The path of a dentry that is not below root begins with "(unreachable)",
 * as on Linux. That of a file without a directory (a pipe) is only its name. */
int dentry_path(struct dentry *root, struct dentry *dentry, bool living, char *buf, size_t size,
                char **start);
/* A copy of a name, made before a rename, so that dentry_rename needs no memory. */
struct dentry_name {
    union name_place place;
    size_t len;
};
int dentry_name_prepare(struct dentry_name *name, const char *text, size_t len); /* 0 or -ENOMEM */
void dentry_name_discard(struct dentry_name *name);
/* Gives dentry another parent and name. Afterwards `name` is its former name, which the caller
 * discards. Lock: both directories held. */
void dentry_rename(struct dentry *dentry, struct dentry *parent, struct dentry_name *name);

/* ---- Walking paths ---- */

enum walk_flags {
    WALK_FOLLOW = 1,    /* follow a symbolic link in the last component */
    WALK_DIRECTORY = 2, /* the result must be a directory: -ENOTDIR */
    WALK_EMPTY = 4,     /* "" means dirfd itself (AT_EMPTY_PATH) */
};
/* How a call with these AT_ flags walks. */
static inline unsigned walk_flags_of(unsigned at_flags)
{
    return (at_flags & AT_SYMLINK_NOFOLLOW ? 0 : WALK_FOLLOW) |
           (at_flags & AT_EMPTY_PATH ? WALK_EMPTY : 0);
}
/* Finds the dentry of a path, referenced. A path without a leading "/" starts at dirfd (AT_FDCWD:
 * the working directory). 0, or an error of path_resolution(7). */
int path_walk(struct fs_context *fs, int dirfd, const char *path, unsigned flags,
              struct dentry **found);

/* The parent directory and the last component, for calls that make or remove a name. */
struct last_name {
    struct dentry *dir; /* referenced: last_name_release */
    const char *name;   /* points into the path; not NUL-terminated */
    size_t len;
    bool trailing_slash;
    enum { LAST_NORMAL, LAST_DOT, LAST_DOTDOT, LAST_ROOT } kind;
};
int path_walk_parent(struct fs_context *fs, int dirfd, const char *path, struct last_name *last);
void last_name_release(struct last_name *last);

/* ---- Transfers: the memory that is read into or written from ---- */

struct kvec {
    uint64_t base; /* a user address, or a kernel pointer */
    uint64_t n_bytes;
};
/* The list of segments of one read or write, and how far it has come. */
struct uio {
    const struct kvec *vecs;
    bool user;        /* vecs are user memory */
    bool append;      /* RWF_APPEND; file_write adds O_APPEND, unless: */
    bool no_append;   /* RWF_NOAPPEND */
    bool nonblocking; /* O_NONBLOCK, or RWF_NOWAIT */
    bool broken;      /* set by a pipe that has lost its readers after some bytes: SIGPIPE */
    bool cut;         /* the caller was killed: nothing more is moved */
    size_t left;      /* bytes still to move */
    size_t done_in_vec;
};
void uio_init_user(struct uio *uio, struct kvec *one, uaddr_t base, size_t n_bytes);
void uio_init_kernel(struct uio *uio, struct kvec *one, void *base, size_t n_bytes);
/* Each moves up to n bytes and returns how many: less if memory cannot be accessed, if no segments
 * are left, or if the caller was killed. May let others run: no spinlock is held. */
size_t uio_put(struct uio *uio, const void *from, size_t n); /* to the reader's memory */
size_t uio_get(struct uio *uio, void *to, size_t n);         /* from the writer's memory */
size_t uio_put_zeros(struct uio *uio, size_t n);

/* ---- Open files ---- */

/* The wait queues of one poll or select; the annex poll has the rest of it. */
struct poll_table {
    void (*add)(struct poll_table *table, struct wait_queue *queue);
};
/* Called by a file's poll operation: the thread waits on this queue, too. Table may be NULL. */
static inline void poll_add(struct poll_table *table, struct wait_queue *queue)
{
    if (table)
        table->add(table, queue);
}

struct file_ops {
    long (*read)(struct file *file, struct uio *uio, uint64_t *pos);  /* bytes; absent: -EINVAL */
    long (*write)(struct file *file, struct uio *uio, uint64_t *pos); /* bytes; absent: -EINVAL */
    /* The new position. Absent: file_seek. */
    long (*seek)(struct file *file, int64_t offset, int whence);
    long (*ioctl)(struct file *file, uint64_t request, uaddr_t arg); /* absent: -ENOTTY */
    /* Commands that the vfs does not know: F_GETPIPE_SZ and F_SETPIPE_SZ (only of FIFOs), seals.
     * Absent: -EINVAL. */
    long (*fcntl)(struct file *file, unsigned command, uint64_t arg);
    uint32_t (*poll)(struct file *file, struct poll_table *table); /* POLL*; absent: ready */
    /* What mmap maps, unreferenced; NULL: fresh memory. Absent: -ENODEV. */
    struct backing *(*backing)(struct file *file);
    /* Calls space_map with the request, or refuses. Absent: space_map is called. */
    long (*map)(struct file *file, struct space *space, struct map_request *request);
    void (*release)(struct file *file); /* called when the last reference is dropped */
    bool stream;                        /* no position: lseek and pread give -ESPIPE */
    bool hears_nothing;                 /* `write` is called for a write of no bytes, too */
};

struct file {
    uint32_t refs;  /* atomic */
    uint32_t flags; /* O_* as opened; fcntl changes O_APPEND ...; atomic */
    const struct file_ops *ops;
    struct dentry *dentry; /* by which it was opened; a pipe has one of its own */
    struct inode *inode;   /* dentry->inode */
    struct mutex pos_lock; /* rank RANK_POSITION: over a read or write, if shared */
    uint64_t pos;          /* guarded by pos_lock; of a stream: for its ops, 0 at first */
    void *private_data;    /* for the functions in ops */
    int owner_pid;         /* F_SETOWN: a number of owner_type; 0: none */
    uint8_t owner_type;    /* F_OWNER_* */
    uint8_t signal;        /* F_SETSIG; 0: SIGIO */
    bool uncounted;        /* it does not count in inode->writers (memfd_create); constant */
    bool leased;           /* atomic: has a lease (F_SETLEASE) */
    uint32_t owner_uid, owner_euid; /* of the process that called F_SETOWN: its rights to signal */
};

/* Access mode 3 opens for neither, as O_PATH (010000000) does. */
static inline bool file_readable(const struct file *file)
{
    unsigned mode = file->flags & 3;
    return (mode == 0 || mode == 2) && !(file->flags & 010000000);
}
static inline bool file_writable(const struct file *file)
{
    unsigned mode = file->flags & 3;
    return (mode == 1 || mode == 2) && !(file->flags & 010000000);
}
void file_touch_atime(struct file *file); /* inode_touch_atime, unless opened with O_NOATIME */

/* Opens a path as open(2) does. The file is referenced. 0 or an error of open(2). */
int file_open(struct fs_context *fs, int dirfd, const char *path, int flags, uint32_t mode,
              struct file **file);
/* Opens a dentry, without a check of permissions. The file takes references of its own. */
int file_open_dentry(struct fs_context *fs, struct dentry *dentry, int flags, struct file **file);
/* Opens an inode that has no name in a directory (a pipe), with a dentry "name:[ino]" that is made
 * here. If it succeeds it takes over the caller's reference to the inode. */
int file_open_anonymous(struct fs_context *fs, struct inode *inode, const char *name, int flags,
                        const struct file_ops *ops, struct file **file);
/* Opens a program for exec: a regular file with permission to execute, otherwise -EACCES. Opening
 * it to write gives -ETXTBSY until file_close_exec, which also drops the reference. -ETXTBSY if it
 * is open for writing already. */
int file_open_exec(struct fs_context *fs, int dirfd, const char *path, int at_flags,
                   struct file **file);
void file_close_exec(struct file *file);
static inline void file_ref(struct file *file)
{
    __atomic_fetch_add(&file->refs, 1, __ATOMIC_RELAXED);
}
void file_end(struct file *file); /* for file_unref: its last reference was dropped */
static inline void file_unref(struct file *file)
{
    if (__atomic_sub_fetch(&file->refs, 1, __ATOMIC_ACQ_REL) == 0)
        file_end(file);
}
/* lseek(2) of an ordinary file; the new position or -errno. */
long file_seek(struct file *file, int64_t offset, int whence);
/* Reads into kernel memory. How many bytes, which are fewer at the end of the file, or -errno. */
long file_read_kernel(struct file *file, uint64_t pos, void *buf, size_t n);
uint64_t file_count(void); /* open files in the system */
/* /proc/sys/fs/file-max: with so many open files only root may open more, others get ENFILE. As on
 * Linux it is at first a tenth of the memory in KB, but at least 8,192. */
extern uint64_t file_max; /* atomic; at most INT64_MAX */
void file_max_init(void); /* called when all memory is known */

/* ---- Descriptors ---- */

/* The open file of a number, referenced; -EBADF, also for a file opened with O_PATH. */
int fd_get(struct fs_context *fs, int fd, struct file **file);
int fd_get_any(struct fs_context *fs, int fd, struct file **file); /* also with O_PATH */
/* Gives the file the lowest free number from `lowest` on, and takes over the caller's reference.
 * The number, or -EMFILE, -ENOMEM: then the caller keeps its reference. */
int fd_install(struct fs_context *fs, struct file *file, int lowest, bool cloexec);
int fd_close(struct fs_context *fs, int fd);
/* The next descriptor in use from fd on, with its file, referenced; -1 if there is none. The
 * context may be of another thread, which may have ended; its structure is not freed. */
int fd_next(struct fs_context *fs, int fd, struct file **file, bool *cloexec);

/* ---- Names that the kernel makes (at boot, for devices): as root, paths from the root ---- */

/* Makes a directory, device, symbolic link or empty file; -EEXIST. */
int vfs_make(struct fs_context *fs, const char *path, const struct new_inode *what);
/* Mounts a file system on a directory. Only while the kernel starts. 0, -ENOMEM or an error of
 * path_walk. */
int vfs_mount(struct fs_context *fs, const char *path, struct filesystem *filesystem);
struct mount_info {
    struct dentry *at;     /* the root of the mounted file system */
    struct dentry *covers; /* the dentry on which it is mounted; NULL for the first root */
    struct filesystem *fs;
};
bool vfs_mount_at(unsigned index, struct mount_info *info); /* 0: the root; false past the end */
/* The number of the mount, as mountinfo, statx and fdinfo give it. A file system that is not
 * mounted (that of pipes) has a number, too, which mountinfo does not list. */
uint64_t vfs_mount_id(const struct filesystem *fs);
/* The dentry on which a root is mounted; NULL if it is not. */
struct dentry *vfs_mount_point(const struct dentry *root);

/* ---- Devices ---- */

struct device {
    uint32_t major, minor;
    const char *name;                                    /* below /dev */
    uint32_t permissions, gid;                           /* of that name */
    int (*open)(struct inode *inode, struct file *file); /* sets file->ops; 0 or -errno */
};
/* Registers a copy. Only while the kernel starts. 0 or -ENOMEM. */
int device_register(const struct device *device);
const struct device *device_at(unsigned index); /* in order of registration; NULL past the end */
/* Starts the room, and fills in the kernel's own context: the root of root_fs as root and working
 * directory, no descriptors, the credentials of root, umask 022. Called once, before any other
 * function of this room. */
void vfs_init(struct filesystem *root_fs, struct fs_context *kernel_context);
