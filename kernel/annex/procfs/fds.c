/* /proc/PID/fd and fdinfo: open files, as links to the files themselves and as text; and
 * /proc/locks.
 *
 * A link in fd is not followed by its text: that may be a path that exists no more, or "pipe:[17]".
 * It jumps to the directory dentry of the open file (follow_fd), so even a deleted file can be
 * opened again through it. */
/* SPDX-License-Identifier: MIT */
#include "annex/locks/locks.h"
#include "abi/fcntl.h"
#include "abi/sysmacros.h"
#include "nodes.h"

/* The file at a descriptor of the thread or, with `above`, at the next open one, referenced. The
 * result is the descriptor; -ENOENT if there is none; -EACCES if the caller may not look. */
static int file_at(const struct proc_inode *of, int fd, bool above, struct file **file,
                   bool *cloexec)
{
    int err = process_look_begin(of->process, true);
    if (err < 0)
        return err;
    struct thread *thread = thread_looked_at(of);
    int found = thread ? fd_next(&thread->fs, fd, file, cloexec) : -1;
    process_look_end(of->process);
    if (found >= 0 && (found == fd || above))
        return found;
    if (found >= 0)
        file_unref(*file);
    return -ENOENT;
}

/* The lowest open descriptor from `from` on, for listings and look-ups. */
long proc_fd_next(const struct proc_inode *dir, long from)
{
    struct file *file;
    bool cloexec;
    if (from > INT32_MAX)
        return -ENOENT;
    int fd = file_at(dir, from, true, &file, &cloexec);
    if (fd >= 0)
        file_unref(file);
    return fd;
}

static int follow_fd(const struct proc_inode *of, struct dentry **target)
{
    struct file *file;
    bool cloexec;
    int err = file_at(of, of->fd, false, &file, &cloexec);
    if (err < 0)
        return err;
    *target = file->dentry;
    dentry_ref(*target);
    file_unref(file);
    return 0;
}

static long read_fd(const struct proc_inode *of, char *buf, size_t size)
{
    struct dentry *target;
    int err = follow_fd(of, &target);
    return err ? err : path_link(target, buf, size);
}

uint32_t proc_fd_mode(const struct proc_inode *of)
{
    struct file *file;
    bool cloexec;
    if (file_at(of, of->fd, false, &file, &cloexec) < 0)
        return S_IFLNK;
    uint32_t mode =
        S_IFLNK | 0100 | (file_readable(file) ? 0400 : 0) | (file_writable(file) ? 0200 : 0);
    file_unref(file);
    return mode;
}

static const char *kind_of(const struct lock_told *told)
{
    switch (told->lease) {
    case LEASE_ACTIVE: return "LEASE  ACTIVE   ";
    case LEASE_BREAKING: return "LEASE  BREAKING ";
    case LEASE_BREAKER: return "LEASE  BREAKER  ";
    default: break;
    }
    if (told->is_flock)
        return "FLOCK  ADVISORY ";
    return told->lock.pid < 0 ? "OFDLCK ADVISORY " : "POSIX  ADVISORY ";
}

static void add_lock(struct text *text, const struct lock_told *told)
{
    const struct lock_seen *lock = &told->lock;
    const struct inode *inode = told->inode;
    const char *type = told->ends ? "UNLCK" : lock->is_write ? "WRITE" : "READ";
    text_add(text, "%lu: %s%s %s %d ", told->n, told->waits ? "-> " : "", kind_of(told), type,
             lock->pid);
    if (inode)
        text_add(text, "%02x:%02x:%lu %ld ", MAJOR_OF(inode->fs->dev), MINOR_OF(inode->fs->dev),
                 inode->ino, lock->start);
    else
        text_add(text, "<none>:0 %ld ", lock->start);
    text_add(text, lock->end == INT64_MAX ? "EOF\n" : "%ld\n", lock->end);
}

static void tell_lock(void *text, const struct lock_told *told)
{
    add_lock(text, told);
}

int proc_piece_locks(struct text *text, const struct proc_inode *of, uint64_t *cursor)
{
    struct locks_cursor at = {cursor[0], cursor[1], cursor[2]};
    bool more = true;
    (void)of;
    while (text->length < PAGE_SIZE && !text->failed && more)
        more = locks_list(&at, tell_lock, text) && cond_resched();
    cursor[0] = at.owner, cursor[1] = at.start, cursor[2] = at.n;
    return more;
}

/* Adds a line for each lock that the owner has set through this open file. */
static void add_locks(struct text *text, struct file *file, const void *owner, bool is_flock,
                      uint64_t *n)
{
    struct lock_told told = {.inode = file->inode, .is_flock = is_flock};
    for (int64_t from = 0; file_lock_seen(file, owner, is_flock, from, &told.lock);
         from = told.lock.end + 1) {
        if (told.lock.through == file) {
            told.n = ++*n;
            text_add(text, "lock:\t");
            add_lock(text, &told);
        }
        if (told.lock.end == INT64_MAX || !cond_resched())
            return;
    }
}

static void add_lease(struct text *text, struct file *file, uint64_t *n)
{
    struct lock_told told = {};
    if (!file_lease_seen(file, &told))
        return;
    told.n = ++*n;
    text_add(text, "lock:\t");
    add_lock(text, &told);
}

/* The owner of the record locks of the thread's descriptors, or NULL. */
static const void *lock_owner(const struct proc_inode *of)
{
    if (process_look_begin(of->process, true) < 0)
        return NULL;
    struct thread *thread = thread_looked_at(of);
    const void *owner = thread ? fs_lock_owner(&thread->fs) : NULL;
    process_look_end(of->process);
    return owner;
}

static int text_fdinfo(struct text *text, const struct proc_inode *of)
{
    struct file *file;
    bool cloexec;
    int err = file_at(of, of->fd, false, &file, &cloexec);
    if (err < 0)
        return err;
    uint32_t flags = file->flags | (cloexec ? O_CLOEXEC : 0);
    uint64_t pos = file->ops->stream ? 0 : file->pos;
    text_add(text, "pos:\t%lu\nflags:\t0%o\nmnt_id:\t%lu\nino:\t%lu\n", pos, flags,
             vfs_mount_id(file->inode->fs), file->inode->ino);
    uint64_t n = 0;
    const void *owner = lock_owner(of);
    add_locks(text, file, file, true, &n);
    if (owner)
        add_locks(text, file, owner, false, &n);
    add_locks(text, file, file, false, &n);
    add_lease(text, file, &n);
    file_unref(file);
    return 0;
}

const struct proc_node proc_fd_node = {
    .mode = S_IFLNK | 0700,
    .guarded = true,
    .readlink = read_fd,
    .follow = follow_fd,
};

const struct proc_node proc_fdinfo_node = {
    .mode = S_IFREG | 0444,
    .guarded = true,
    .text = text_fdinfo,
};
