/* The vfs room: names, inodes, open files, descriptors and waiting for them, over any file system.
 *
 * It never asks who the current process is: every function that depends on it is given an
 * fs_context (sched.h): a thread's names (root, working directory, umask), its descriptors, and
 * what is its process's (credentials, limits). File systems (ramfs, procfs) and devices plug in by
 * tables of operations.
 *
 * Lock rule: an inode's lock guards its attributes and, in a directory, the entries; names_lock
 * guards every entry's name and parent; a descriptor table and an open file have locks of their
 * own. The order is lock_rank's. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "abi/dirent.h"
#include "abi/stat.h"
#include "lib.h"
#include "mm.h"
#include "sched.h"
#include "x86.h"

struct entry;
struct inode;
struct file;
struct filesystem;
struct statfs;

/* ---- Who asks ---- */

/* What all processes of one real user id hold together, for the limits that count for each user. It
 * lives as long as credentials, processes or things that it pays for refer to it. */
struct user {
    struct tree_node node; /* users_lock; its key is the user id; unused for root */
    /* atomic: */
    uint32_t refs;
    uint32_t n_tasks;      /* processes, and threads beside the first of each: RLIMIT_NPROC */
    uint32_t n_signals;    /* queued for its processes: RLIMIT_SIGPENDING */
    uint32_t n_pipe_pages; /* what its pipes may hold: pipe-user-pages-soft */
};
struct user *user_get(uint32_t uid); /* referenced; NULL: no memory, never for root */
void user_ref(struct user *user);
void user_unref(struct user *user);

/* Credentials: never changed while shared (refs > 1); a change makes a copy. */
struct cred {
    uint32_t refs; /* atomic */
    uint32_t uid, euid, suid, fsuid;
    uint32_t gid, egid, sgid, fsgid;
    struct user *user; /* of uid; referenced */
    uint32_t n_groups;
    uint32_t groups[]; /* supplementary, sorted */
};
struct cred *cred_create_root(void);
/* A copy with room for n_groups groups, as many of them copied as there are; NULL: no memory. */
struct cred *cred_copy(const struct cred *cred, uint32_t n_groups);
int cred_set_user(struct cred *cred); /* after uid was changed: finds its user. 0 or -EAGAIN */
void cred_ref(struct cred *cred);
void cred_unref(struct cred *cred);
bool cred_in_group(const struct cred *cred, uint32_t gid); /* fsgid or supplementary */
static inline bool cred_is_root(const struct cred *cred)
{
    return cred->fsuid == 0;
}

/* Where paths begin and what new files may not have: for a thread, for the threads of a process, or
 * for several processes, as clone was asked. */
struct fs_names {
    uint32_t refs;            /* atomic: contexts */
    struct spinlock lock;     /* rank RANK_FDS */
    struct entry *root, *cwd; /* guarded by lock; referenced */
    uint32_t n_execs;         /* guarded by lock: set-id programs that are being started */
    uint32_t umask;           /* atomic */
};

/* What all threads of a process have in common of what the vfs needs; a process owns one. */
struct fs_process {
    struct spinlock lock; /* rank RANK_FDS */
    struct cred *cred;    /* guarded by lock; the process itself reads it through fs_cred() */
    uint64_t limit_files, limit_file_bytes; /* RLIMIT_NOFILE, RLIMIT_FSIZE */
    void (*raise)(int signal); /* to the calling thread's process: SIGPIPE, SIGXFSZ; may be NULL */
    int pid;                   /* constant; what F_GETLK tells of its locks */
    uint32_t n_threads;        /* of the process, told by proc; only the one alone makes it two */
};
/* A copy for a new process: all fields but the lock. */
void fs_process_copy(struct fs_process *to, struct fs_process *from);
/* A new thread's context, of a process that may be another: each of the two parts is shared or
 * copied. 0, -ENOMEM, or -EAGAIN while n_execs forbids to share; `to` has nothing then.
 */
int fs_context_copy(struct fs_context *to, struct fs_context *from, struct fs_process *process,
                    bool share_names, bool share_fds);
/* Gives the calling thread names or descriptors of its own, as asked, where they are shared. 0, or
 * -ENOMEM with nothing changed. */
int fs_context_unshare(struct fs_context *fs, bool names, bool fds);
void fs_context_close_on_exec(struct fs_context *fs); /* the table is its own by now */
void fs_context_release(struct fs_context *fs);       /* closes all, drops all */
/* Both with a reference; for the calling thread's own context alone. */
struct cred *fs_cred(struct fs_context *fs);
struct entry *fs_root(struct fs_context *fs);
/* The working directory or the root of another thread, which stays; referenced. NULL: it has ended.
 */
struct entry *fs_look(struct fs_context *fs, bool root);
int fs_look_umask(struct fs_context *fs); /* likewise; -1: it has ended */

/* ---- Inodes: what a name stands for ---- */

struct new_inode { /* what to make */
    uint32_t mode; /* type and permissions, umask applied already */
    uint32_t uid, gid;
    uint64_t rdev;
    const char *target; /* of a symbolic link */
};

/* A listing in getdents64's layout: what is still free of a page of the kernel's. */
struct listing {
    char *at, *end;
    bool full; /* an entry was not taken */
};
/* Adds an entry whose name has zeros behind it up to a whole word, `type` being DT_*; false: it was
 * not taken, there is no room. */
static inline bool listing_add(struct listing *listing, const char *name, size_t len, uint64_t ino,
                               uint32_t type, uint64_t next_pos)
{
    size_t size = align_up(offsetof(struct linux_dirent64, d_name) + len + 1, 8);
    struct linux_dirent64 *entry = (struct linux_dirent64 *)listing->at;
    if (listing->at + size > listing->end) {
        listing->full = true;
        return false;
    }
    *(uint64_t *)(listing->at + size - 8) = 0; /* the padding behind the name */
    entry->d_ino = ino;
    entry->d_off = (int64_t)next_pos;
    entry->d_reclen = (unsigned short)size;
    entry->d_type = (unsigned char)type;
    __builtin_memcpy(entry->d_name, name, 8); /* most names end here */
    for (size_t i = 8; i <= len; i += 8)
        __builtin_memcpy(entry->d_name + i, name + i, 8);
    listing->at += size;
    return true;
}
#define LISTING_SLACK 8 /* bytes behind listing->end that an entry's last word may reach into */

/* A file system's work. `dir` is a directory's entry. An operation that is absent gives the error
 * in its comment. */
struct inode_ops {
    /* The entry of that name, referenced; -ENOENT. Absent: -ENOTDIR. */
    int (*lookup)(struct entry *dir, const char *name, size_t len, struct entry **found);
    /* Makes a file of any type, referenced; -EEXIST, -ENOENT in a removed directory. Absent: -EPERM
     * (-EACCES for open). */
    int (*create)(struct entry *dir, const char *name, size_t len, const struct new_inode *what,
                  struct entry **made);
    /* A second name; -ENOENT when the inode has none left. Absent: -EPERM. */
    int (*link)(struct entry *dir, const char *name, size_t len, struct inode *inode);
    /* Takes the entry out of dir; a directory must be empty (-ENOTEMPTY). -ESTALE if it does not
     * stand at that name any more (look again). Absent: -EPERM. */
    int (*remove)(struct entry *dir, const char *name, size_t len, struct entry *victim);
    /* Moves `from` to name in new_dir, in place of `over` (may be NULL: then nothing may be there,
     * -ESTALE), or exchanges the two. -ESTALE as above. Leaves a `whiteout` at the former name, if
     * not NULL, in the same step. Absent: -EPERM. */
    int (*rename)(struct entry *from, struct entry *new_dir, const char *name, size_t len,
                  struct entry *over, uint32_t flags, const struct new_inode *whiteout);
    /* Lists from *pos on and moves it; "." and ".." are the vfs's, at 0 and 1. Absent: -ENOTDIR. */
    int (*list)(struct inode *dir, struct entry *self, uint64_t *pos, struct listing *listing);
    /* The target's length, cut at size, without a NUL. Absent: -EINVAL. */
    long (*readlink)(struct inode *inode, char *buf, size_t size);
    /* The entry, referenced, that a link jumps to (/proc/self/cwd). Absent: by readlink. */
    int (*follow)(struct entry *link, struct entry **target);
    int (*truncate)(struct inode *inode, uint64_t size); /* absent: -EINVAL */
    /* A file without a name (O_TMPFILE), referenced. Absent: -EOPNOTSUPP. */
    int (*unnamed)(struct inode *dir, const struct new_inode *what, struct inode **made);
    int (*open)(struct inode *inode, struct file *file); /* sets file->ops, may refuse */
    void (*attributes)(struct inode *inode);             /* up to date for a stat; may be absent */
    int (*enter)(const struct inode *inode); /* before it is a working directory; absent: allowed */
    bool (*allows)(const struct inode *inode); /* the caller, whom the mode refuses; absent: not */
    int (*allow_change)(struct inode *inode);  /* before chmod, chown, utimes; absent: allowed */
    /* Before chmod, with inode->lock held; absent: allowed. */
    int (*allow_mode)(struct inode *inode, uint32_t mode);
    uint64_t (*blocks)(struct inode *inode); /* 512-byte units in use; absent: 0 */
    void (*release)(struct inode *inode);    /* the last reference is gone: free it */
};

/* A time since 1970, as far away as a program may set one: what a clock cannot count in 64 bits of
 * nanoseconds. */
struct file_time {
    int64_t seconds;
    uint32_t ns; /* of the second: below 1,000,000,000 */
} __attribute__((packed, aligned(4)));
struct file_time file_time_of(int64_t ns); /* since 1970 */

struct inode {
    const struct inode_ops *ops;
    struct filesystem *fs;
    uint64_t ino;         /* unique in its file system */
    uint32_t refs;        /* atomic: entries, open files, walks */
    int32_t writers;      /* atomic: open for writing if > 0; writing denied (exec) if < 0 */
    struct spinlock lock; /* rank RANK_INODE, or by spin_lock_as one of the next three */
    /* guarded by lock (a single aligned word may be read without it): */
    uint16_t mode;
    uint8_t write_hint; /* F_SET_RW_HINT: kept, and nothing else */
    uint32_t uid, gid, nlink;
    uint64_t size;
    struct file_time atime, mtime; /* programs set them, which a stat may see half done */
    int64_t ctime_ns, btime_ns;    /* by the clock; since 1970 */
    union {
        uint64_t rdev;      /* of a device */
        void *fifo;         /* of a FIFO: ipc's own, NULL while it is not open */
        uint32_t n_readers; /* atomic; of a regular file: files open only to read */
    };
};

/* One reference, one name, all times now, the next number of fs; the caller may change all that. */
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
/* May cred do this (bits 4 read, 2 write, 1 execute or search)? 0 or -EACCES. By fsuid. */
int inode_permission(const struct cred *cred, struct inode *inode, unsigned want);
int inode_deny_write(struct inode *inode); /* exec: -ETXTBSY when open for writing */
void inode_allow_write(struct inode *inode);
void inode_touch_atime(struct inode *inode);                 /* was read: by relatime's rule */
void inode_touch_mtime(struct inode *inode);                 /* was written: mtime and ctime */
void inode_set_changed(struct inode *inode, int64_t now_ns); /* both; the lock is held */
void inode_stat(struct inode *inode, struct stat *st);

struct filesystem {
    const char *type;  /* "ramfs", "proc": for /proc/mounts */
    uint64_t dev;      /* st_dev */
    uint64_t next_ino; /* atomic */
    uint64_t n_inodes; /* atomic: living ones, counted by inode_init and inode_unref */
    struct entry *root;
    void (*statfs)(struct filesystem *fs, struct statfs *st);
};
uint64_t filesystem_new_dev(void); /* a number for filesystem.dev */

/* ---- Entries: names in directories ---- */

/* Where a name is kept, with a NUL and zeros behind it up to a whole word: by its length. */
union name_place {
    char inside[16];
    char *block;
};

struct entry {
    struct hash_node node; /* guarded by the parent inode's lock, as are slot and dead */
    uint32_t slot;         /* where the directory lists it */
    uint32_t refs;         /* atomic */
    struct inode *inode;   /* constant; referenced */
    struct entry *parent;  /* guarded by names_lock; referenced; a root's: itself, unreferenced */
    bool dead;             /* removed from its directory */
    bool mounted;          /* a file system is mounted here: vfs_mount knows which */
    uint16_t name_len;     /* guarded by names_lock and the parent's lock, as is name */
    union name_place name;
};
_Static_assert(sizeof(struct entry) == 64, "a directory of a million names has a million of these");
static inline const char *entry_name(const struct entry *entry)
{
    return entry->name_len < sizeof(entry->name) ? entry->name.inside : entry->name.block;
}

extern struct spinlock names_lock;
/* A name for an inode, with one reference; takes over the inode's. Without parent it is a root of
 * its own. NULL: no memory, the inode's reference is the caller's still. */
struct entry *entry_create(struct entry *parent, struct inode *inode, const char *name, size_t len);
static inline void entry_ref(struct entry *entry)
{
    __atomic_fetch_add(&entry->refs, 1, __ATOMIC_RELAXED);
}
void entry_free(struct entry *entry); /* its last reference is gone */
static inline void entry_unref(struct entry *entry)
{
    if (entry && __atomic_sub_fetch(&entry->refs, 1, __ATOMIC_ACQ_REL) == 0)
        entry_free(entry);
}
struct entry *entry_parent(struct entry *entry); /* referenced; across mounts; a root's is itself */
/* Is `above` the entry `below` or on its way up, within one file system? For renames: the mutex
 * that is held over them keeps every directory's parent. It lets others run. */
bool entry_is_above(const struct entry *above, const struct entry *below);
/* Writes the path from root to entry, with a NUL, into the end of buf[size]; *start is where it
 * begins. -ENAMETOOLONG; -ENOENT when entry is dead and `living` is asked (" (deleted)" is not
 * added). What cannot be reached from root begins with "(unreachable)" as on Linux; a file without
 * a directory (pipe) has its name alone. */
int entry_path(struct entry *root, struct entry *entry, bool living, char *buf, size_t size,
               char **start);
/* For a file system's rename: a copy of the name that entry_rename will give. */
struct entry_name {
    union name_place place;
    size_t len;
};
int entry_name_prepare(struct entry_name *name, const char *text, size_t len); /* 0 or -ENOMEM */
void entry_name_discard(struct entry_name *name);
/* Gives entry another parent and name, and gets its former name to discard; cannot fail. The caller
 * holds both directories' locks. */
void entry_rename(struct entry *entry, struct entry *parent, struct entry_name *name);

/* ---- Walking paths ---- */

enum walk_flags {
    WALK_FOLLOW = 1,    /* follow a symbolic link in the last component */
    WALK_DIRECTORY = 2, /* the result must be a directory: -ENOTDIR */
    WALK_EMPTY = 4,     /* "" means dirfd itself (AT_EMPTY_PATH) */
};
/* The entry that path names, starting at dirfd (AT_FDCWD: the working directory); referenced. */
int path_walk(struct fs_context *fs, int dirfd, const char *path, unsigned flags,
              struct entry **found);

/* The parent directory and the last component, for calls that make or remove a name. */
struct last_name {
    struct entry *dir; /* referenced: last_name_release */
    const char *name;  /* points into the path; not NUL-terminated */
    size_t len;
    bool trailing_slash;
    enum { LAST_NORMAL, LAST_DOT, LAST_DOTDOT, LAST_ROOT } kind;
};
int path_walk_parent(struct fs_context *fs, int dirfd, const char *path, struct last_name *last);
void last_name_release(struct last_name *last);

/* What keeps a user from names that another one has planted: Linux's fs.protected_hardlinks and its
 * kin, with Linux's values. They may change at any time: atomic. */
struct vfs_protection {
    uint64_t hardlinks; /* 1: only to what the caller owns, or may read and write */
    uint64_t symlinks;  /* 1: in sticky directories only the caller's or the directory owner's */
    uint64_t fifos;     /* 1: O_CREAT opens no other user's in sticky directories that all may */
    uint64_t regular;   /* write to; 2: that the group may write to, either */
};
extern struct vfs_protection vfs_protection;

/* ---- Transfers: where bytes go to or come from ---- */

struct segment {
    uint64_t base; /* a user address, or a kernel pointer */
    uint64_t n_bytes;
};
struct io {
    const struct segment *segments;
    uint32_t n_segments;
    bool user;        /* segments are user memory */
    bool append;      /* RWF_APPEND; file_write adds O_APPEND, unless: */
    bool no_append;   /* RWF_NOAPPEND */
    bool nonblocking; /* O_NONBLOCK, or RWF_NOWAIT */
    bool broken;      /* set by a pipe whose readers went after some bytes: SIGPIPE, too */
    size_t left;      /* bytes still to move */
    size_t done_in_segment;
};
void io_init_user(struct io *io, struct segment *one, uaddr_t base, size_t n_bytes);
void io_init_kernel(struct io *io, struct segment *one, void *base, size_t n_bytes);
size_t io_put(struct io *io, const void *from, size_t n); /* to the reader; less: EFAULT or full */
size_t io_get(struct io *io, void *to, size_t n);         /* from the writer */
size_t io_put_zeros(struct io *io, size_t n);

/* ---- Open files ---- */

struct poll_table; /* who waits in poll, select, epoll */
void poll_add(struct poll_table *table, struct wait_queue *queue); /* table may be NULL */

struct file_ops {
    long (*read)(struct file *file, struct io *io, uint64_t *pos);  /* bytes; absent: -EINVAL */
    long (*write)(struct file *file, struct io *io, uint64_t *pos); /* bytes; absent: -EINVAL */
    /* The new position. Absent: file_seek. */
    long (*seek)(struct file *file, int64_t offset, int whence);
    long (*ioctl)(struct file *file, uint64_t request, uaddr_t arg); /* absent: -ENOTTY */
    /* Commands that the vfs does not know itself (F_GETPIPE_SZ, which only a FIFO's file gets,
     * seals
     * ...). Absent: -EINVAL. */
    long (*fcntl)(struct file *file, unsigned command, uint64_t arg);
    uint32_t (*poll)(struct file *file, struct poll_table *table); /* POLL*; absent: ready */
    /* For mmap, unreferenced; NULL: fresh memory. Absent: -ENODEV. */
    struct backing *(*backing)(struct file *file);
    /* space_map, unless the file refuses; the request is complete. Absent: space_map. */
    long (*map)(struct file *file, struct space *space, struct map_request *request);
    /* fallocate; absent: -EOPNOTSUPP */
    int (*allocate)(struct file *file, int mode, uint64_t offset, uint64_t n_bytes);
    void (*release)(struct file *file); /* the last reference is gone */
    bool stream;                        /* no position: lseek and pread give -ESPIPE */
    bool hears_nothing;                 /* a write of no bytes means something, too */
};

struct file {
    uint32_t refs;  /* atomic */
    uint32_t flags; /* O_* as opened; fcntl changes O_APPEND ...; atomic */
    const struct file_ops *ops;
    struct entry *entry;            /* the name it was opened by; pipes have one of their own */
    struct inode *inode;            /* entry->inode */
    struct mutex pos_lock;          /* rank RANK_POSITION: over a read or write, if shared */
    uint64_t pos;                   /* guarded by pos_lock; of a stream: its ops' own, 0 at first */
    void *private_data;             /* of whoever gave ops */
    int owner_pid;                  /* F_SETOWN: of owner_type; 0: none */
    uint8_t owner_type;             /* F_OWNER_* */
    uint8_t signal;                 /* F_SETSIG; 0: SIGIO */
    bool uncounted;                 /* see file_uncount_writer; constant */
    bool leased;                    /* atomic: has a lease (F_SETLEASE) */
    uint32_t owner_uid, owner_euid; /* who named the owner: by their rights it is signalled */
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
void file_touch_atime(struct file *file); /* its inode was read, unless O_NOATIME was asked for */

/* Opens a path as open(2) does; a referenced file. */
int file_open(struct fs_context *fs, int dirfd, const char *path, int flags, uint32_t mode,
              struct file **file);
/* Permissions were checked already; takes references of its own. */
int file_open_entry(struct fs_context *fs, struct entry *entry, int flags, struct file **file);
/* A file without a name in a directory (pipe, eventfd): the entry "name:[ino]" is made here. Takes
 * over the inode reference on success. */
int file_open_anonymous(struct fs_context *fs, struct inode *inode, const char *name, int flags,
                        const struct file_ops *ops, struct file **file);
/* A file that was made open, as memfd_create does: as on Linux its writer does not keep it from
 * being executed. */
void file_uncount_writer(struct file *file);
/* For exec: a regular file that may be executed (else -EACCES), with writing denied (-ETXTBSY)
 * until file_close_exec, which also drops the reference. */
int file_open_exec(struct fs_context *fs, int dirfd, const char *path, int at_flags,
                   struct file **file);
void file_close_exec(struct file *file);
static inline void file_ref(struct file *file)
{
    __atomic_fetch_add(&file->refs, 1, __ATOMIC_RELAXED);
}
void file_end(struct file *file); /* its last reference is gone */
static inline void file_unref(struct file *file)
{
    if (__atomic_sub_fetch(&file->refs, 1, __ATOMIC_ACQ_REL) == 0)
        file_end(file);
}
long file_seek(struct file *file, int64_t offset, int whence); /* the usual rules; moves pos */
long file_read_kernel(struct file *file, uint64_t pos, void *buf, size_t n); /* fewer at the end */
/* As the context's process writes, its limit on the size of files included; bytes or -errno. */
long file_write_kernel(struct fs_context *fs, struct file *file, uint64_t pos, const void *buf,
                       size_t n);
uint64_t file_count(void); /* open files in the system */
/* With that many a user opens no more (ENFILE), root does. As on Linux at first a tenth of memory
 * in KB, at least 8,192. */
uint64_t file_max(void);
void file_set_max(uint64_t most); /* at most INT64_MAX */
void file_max_init(void);         /* when all memory is known */

/* ---- Descriptors ---- */

int fd_get(struct fs_context *fs, int fd, struct file **file);     /* referenced; -EBADF, also
                                                                    * for one of O_PATH */
int fd_get_any(struct fs_context *fs, int fd, struct file **file); /* O_PATH too */
/* Gives file the lowest free number from `lowest` on and takes over the reference; the number, or
 * -EMFILE, -ENOMEM with the reference the caller's still. */
int fd_install(struct fs_context *fs, struct file *file, int lowest, bool cloexec);
int fd_close(struct fs_context *fs, int fd);
/* How many its table has room for before it grows. The context may be another thread's, which
 * stays; 0: it has ended. */
uint32_t fd_slots(struct fs_context *fs);
/* The next descriptor in use at or above fd, its file referenced; -1 at the end. The context may be
 * another thread's, which stays. */
int fd_next(struct fs_context *fs, int fd, struct file **file, bool *cloexec);

/* ---- Locks, as /proc tells them ---- */

struct lock_seen {
    int64_t start, end; /* both included */
    int pid;            /* of the process that set it; -1: it is the open file's (F_OFD_SETLK) */
    bool is_write;
};
/* One of all files' locks. */
struct lock_told {
    struct lock_seen lock;
    const struct inode *inode; /* NULL for LEASE_BREAKER: a file with leases */
    uint64_t n;                /* which lock it is, from 1 on, or which one it waits for */
    bool is_flock;             /* of a whole file */
    bool waits;                /* it is not set, but waited for */
    enum { NO_LEASE, LEASE_ACTIVE, LEASE_BREAKING, LEASE_BREAKER } lease;
    bool ends; /* the lease is to end; lock.is_write: it is to write, or to become so */
};
/* To whom the record locks of a context's descriptors belong: for comparison alone. NULL: its
 * thread has ended. The context may be another thread's, which stays. */
const void *fs_lock_owner(struct fs_context *fs);
/* The lowest lock of that owner on the file, from there on: of a whole file (flock) or of records.
 * The owner is fs_lock_owner's or the open file. False: there is none. May sleep. */
bool file_lock_seen(struct file *file, const void *owner, bool is_flock, int64_t from,
                    struct lock_seen *seen);

/* The open file's lease, in all but n; false: it has none. May sleep. */
bool file_lease_seen(struct file *file, struct lock_told *told);

/* Where a listing of all files' locks is: all 0 at first. */
struct locks_cursor {
    uint64_t owner, start; /* in the order in which their owners came; then by their start */
    uint64_t n;            /* locks that were told */
};
/* Tells of some locks from the cursor on, which is moved, and after each of what waits for it;
 * false when there are no more. `tell` is called with locks held that forbid it to lock files. May
 * sleep. */
bool locks_list(struct locks_cursor *cursor, void (*tell)(void *arg, const struct lock_told *told),
                void *arg);

/* ---- Names by the kernel itself (boot, devices, tests): as root, paths from the root ---- */

/* mkdir, mknod, symlink, empty file; -EEXIST. */
int vfs_make(struct fs_context *fs, const char *path, const struct new_inode *what);
int vfs_mount(struct fs_context *fs, const char *path, struct filesystem *filesystem);
struct mount_info {
    struct entry *at;     /* the mounted root: entry_path gives where */
    struct entry *covers; /* the entry that it hides; the first root's: NULL */
    struct filesystem *fs;
};
bool vfs_mount_at(unsigned index, struct mount_info *info); /* 0: the root; false past the end */
/* The number of the mount, as mountinfo, statx and fdinfo give it. One that is mounted nowhere
 * (that of pipes) has a number, too, which mountinfo does not list. */
uint64_t vfs_mount_id(const struct filesystem *fs);
struct entry *vfs_mount_point(const struct entry *root); /* what a mounted root hides, or NULL */

/* Character devices and FIFOs: opened through here. */
struct device {
    uint32_t major, minor;
    const char *name;                                    /* below /dev */
    uint32_t permissions, gid;                           /* of that name */
    int (*open)(struct inode *inode, struct file *file); /* sets file->ops; 0 or -errno */
};
int device_register(const struct device *device); /* copies it; 0 or -ENOMEM. Bring-up only */
const struct device *device_at(unsigned index);   /* in order of registration; NULL past the end */
extern int (*vfs_fifo_open)(struct inode *inode, struct file *file); /* set by ipc */

/* ppoll and pselect6: the calling thread's signal mask until the call ends; set by proc. */
extern void (*vfs_mask_signals)(uint64_t mask);
/* The user that pays for what the calling thread makes, referenced, and whether limits that count
 * for each user do not hold for it; NULL for the kernel's own. Set by proc. */
extern struct user *(*vfs_payer)(bool *privileged);
/* F_SETOWN: is it the number of a process, a thread, a group or a session? Set by proc. */
extern bool (*vfs_number_used)(int number);
/* Sends the file's owner its signal, with this fd, si_code (POLL_*) and band where it is
 * F_SETSIG's, as far as who named the owner may send it one. Takes proc_lock. Set by proc. */
extern void (*vfs_signal_owner)(const struct file *file, int fd, int code, long band);
/* /proc/sys/fs: how long a lease's holder has to give it up (0 or less: for ever), and whether
 * there are new leases. Atomic. */
extern int lease_break_seconds, leases_enabled;

/* Fills in the whole context: root and cwd are root_fs's root, a table without descriptors, root's
 * credentials, umask 022. Called once, before all else of this room. */
void vfs_init(struct filesystem *root_fs, struct fs_context *kernel_context);
