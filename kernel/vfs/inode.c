/* Inodes: references, permissions, times and stat, for all file systems.
 *
 * An inode that no name and no open file refers to any more is freed by its last reference. Its
 * field `writers` keeps exec and writers apart: it counts files open for writing upwards from 0,
 * programs that are being executed downwards, and is never on both sides. */
/* SPDX-License-Identifier: MIT */
#include "local.h"

#define DAY 86400 /* seconds */

void inode_init(struct inode *inode, const struct inode_ops *ops, struct filesystem *fs,
                uint32_t mode)
{
    int64_t now = (int64_t)realtime_ns();
    *inode = (struct inode){
        .ops = ops,
        .fs = fs,
        .ino = __atomic_fetch_add(&fs->next_ino, 1, __ATOMIC_RELAXED),
        .refs = 1,
        .lock = SPINLOCK("inode", RANK_INODE),
        .mode = mode,
        .nlink = 1,
        .atime = file_time_of(now),
        .mtime = file_time_of(now),
        .ctime_ns = now,
        .btime_ns = now,
    };
    __atomic_fetch_add(&fs->n_inodes, 1, __ATOMIC_RELAXED);
}

uint64_t filesystem_new_dev(void)
{
    static uint64_t last = 16; /* Linux gives lower numbers to old file systems and devices */
    return __atomic_add_fetch(&last, 1, __ATOMIC_RELAXED);
}

void inode_unref(struct inode *inode)
{
    if (__atomic_sub_fetch(&inode->refs, 1, __ATOMIC_ACQ_REL) != 0)
        return;
    __atomic_fetch_sub(&inode->fs->n_inodes, 1, __ATOMIC_RELAXED);
    inode->ops->release(inode);
}

/* ---- Permissions ---- */

/* The first class that fits decides: owner, group or others. Root has every permission except to
 * execute a file that has no execute bit at all. */
int inode_permission(const struct cred *cred, struct inode *inode, unsigned want)
{
    uint32_t mode = inode->mode;
    if (cred_is_root(cred)) {
        bool refused = want & MAY_EXEC && !S_ISDIR(mode) && !(mode & 0111);
        return refused ? -EACCES : 0;
    }
    if (cred->fsuid == inode->uid)
        mode >>= 6;
    else if (cred_in_group(cred, inode->gid))
        mode >>= 3;
    if (!(want & ~mode & 7))
        return 0;
    return inode->ops->allows && inode->ops->allows(inode) ? 0 : -EACCES;
}

int inode_allow_change(struct inode *inode)
{
    return inode->ops->allow_change ? inode->ops->allow_change(inode) : 0;
}

/* ---- Writers against exec ---- */

/* Adds a writer (step 1) or a denial of writing (step -1), unless there is one of the other kind.
 * 0 or -ETXTBSY. */
static int count_writer(struct inode *inode, int step)
{
    int32_t count = __atomic_load_n(&inode->writers, __ATOMIC_RELAXED);
    do {
        if (count * step < 0)
            return -ETXTBSY;
    } while (!__atomic_compare_exchange_n(&inode->writers, &count, count + step, false,
                                          __ATOMIC_ACQ_REL, __ATOMIC_RELAXED));
    return 0;
}

int inode_get_write(struct inode *inode)
{
    return count_writer(inode, 1);
}

void inode_put_write(struct inode *inode)
{
    __atomic_fetch_sub(&inode->writers, 1, __ATOMIC_ACQ_REL);
}

int inode_deny_write(struct inode *inode)
{
    return count_writer(inode, -1);
}

void inode_allow_write(struct inode *inode)
{
    __atomic_fetch_add(&inode->writers, 1, __ATOMIC_ACQ_REL);
}

/* ---- Times ---- */

struct file_time file_time_of(int64_t ns)
{
    int64_t seconds = ns / 1000000000, rest = ns % 1000000000;
    if (rest < 0) {
        seconds--;
        rest += 1000000000;
    }
    return (struct file_time){.seconds = seconds, .ns = (uint32_t)rest};
}

static bool is_later(struct file_time a, struct file_time b)
{
    return a.seconds > b.seconds || (a.seconds == b.seconds && a.ns > b.ns);
}

/* relatime: atime changes only if the file was changed since it was last read, or after a day. */
void inode_touch_atime(struct inode *inode)
{
    struct file_time now = file_time_of((int64_t)realtime_ns()), atime = inode->atime;
    if (is_later(atime, inode->mtime) && is_later(atime, file_time_of(inode->ctime_ns)) &&
        atime.seconds > now.seconds - DAY)
        return;
    spin_lock(&inode->lock);
    inode->atime = now;
    spin_unlock(&inode->lock);
}

void inode_set_changed(struct inode *inode, int64_t now_ns)
{
    inode->mtime = file_time_of(now_ns);
    inode->ctime_ns = now_ns;
}

void file_touch_atime(struct file *file)
{
    if (!(__atomic_load_n(&file->flags, __ATOMIC_RELAXED) & O_NOATIME))
        inode_touch_atime(file->inode);
}

void inode_touch_mtime(struct inode *inode)
{
    int64_t now = (int64_t)realtime_ns();
    spin_lock(&inode->lock);
    inode_set_changed(inode, now);
    spin_unlock(&inode->lock);
}

static struct timespec to_timespec(struct file_time time)
{
    return (struct timespec){.tv_sec = time.seconds, .tv_nsec = time.ns};
}

/* Set field by field, because an initializer would first clear the whole structure. The inode's
 * lock is not taken: fields that change meanwhile may not fit together, as on Linux. */
void inode_stat(struct inode *inode, struct stat *st)
{
    if (inode->ops->attributes)
        inode->ops->attributes(inode);
    bool is_device = inode_is(inode, S_IFCHR) || inode_is(inode, S_IFBLK);
    st->st_dev = inode->fs->dev;
    st->st_ino = inode->ino;
    st->st_nlink = inode->nlink;
    st->st_mode = inode->mode;
    st->st_uid = inode->uid;
    st->st_gid = inode->gid;
    st->st_rdev = is_device ? inode->rdev : 0;
    st->st_size = (off_t)inode->size;
    st->st_blksize = PAGE_SIZE;
    st->st_blocks = inode->ops->blocks ? (blkcnt_t)inode->ops->blocks(inode) : 0;
    st->st_atim = to_timespec(inode->atime);
    st->st_mtim = to_timespec(inode->mtime);
    st->st_ctim = to_timespec(file_time_of(inode->ctime_ns));
    st->__pad0 = 0;
    st->__unused[0] = st->__unused[1] = st->__unused[2] = 0;
}

/* ---- New inodes ---- */

/* In a set-group-id directory the group is inherited; new directories inherit the bit, too. */
void new_inode_init(struct new_inode *what, struct fs_context *fs, struct inode *dir, uint32_t mode)
{
    struct cred *cred = fs_cred(fs);
    *what = (struct new_inode){.mode = mode, .uid = cred->fsuid, .gid = cred->fsgid};
    if (!S_ISLNK(mode))
        what->mode &= ~__atomic_load_n(&fs->names->umask, __ATOMIC_RELAXED);
    if (dir->mode & S_ISGID) {
        what->gid = dir->gid;
        bool stranger = !cred_is_root(cred) && !cred_in_group(cred, what->gid);
        if (S_ISDIR(mode))
            what->mode |= S_ISGID;
        else if ((mode & (S_ISGID | S_IXGRP)) == (S_ISGID | S_IXGRP) && stranger)
            what->mode &= ~S_ISGID;
    }
    cred_unref(cred);
}
