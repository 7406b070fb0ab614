/* Files with holes: fallocate makes and fills them, and lseek finds them.
 *
 * A hole is a place in the radix tree that has no page. It is read as zeros and takes no memory. To
 * punch one, whole pages are removed and parts of pages cleared, with the contents mutex held, so
 * that no write comes in between; a fault may fill the hole again at once, as a write would. */
/* SPDX-License-Identifier: MIT */
#include "abi/errno.h"
#include "abi/signal.h"
#include "annex.h"
#include "annex/zap/zap.h"
#include "holes.h"
#include "syscall_calls.h"
#include "vfs/local.h"

/* Clears [start, end), which is in one page. */
static void zero_part_locked(struct ramfs_inode *file, uint64_t start, uint64_t end)
{
    paddr_t frame = radix_get(&file->file.pages, start / PAGE_SIZE);
    if (frame)
        memset((char *)phys_to_virt(frame) + start % PAGE_SIZE, 0, end - start);
}

static bool is_empty(const uint64_t *node, unsigned n_words)
{
    for (unsigned i = 0; i < n_words; i++)
        if (node[i])
            return false;
    return true;
}

/* After words were set to 0: frees the node of the index, which has a place, if it has no other
 * words, and the nodes above it that become empty. */
static void prune(struct radix *radix, uint64_t index)
{
    uint64_t *places[64 / NODE_BITS + 1]; /* what points to the node of each level */
    uint64_t *place = &radix->root;
    unsigned depth = 0, shift = NODE_BITS * radix->height;
    for (; shift > 0 && *place; depth++) {
        places[depth] = place;
        shift -= NODE_BITS;
        place = (uint64_t *)*place + (index >> shift & (NODE_WORDS - 1));
    }
    while (depth-- > 0) {
        uint64_t *node = (uint64_t *)*places[depth];
        if (!is_empty(node, depth == 0 ? 1u << radix->top_bits : NODE_WORDS))
            return;
        kfree(node);
        *places[depth] = 0;
    }
    if (!radix->root)
        *radix = (struct radix){0};
}

/* Removes the pages from *page to `end` or to the end of their node, and moves *page there. */
static void punch_row_locked(struct ramfs_inode *file, uint64_t *page, uint64_t end)
{
    uint64_t n, first = *page;
    uint64_t *row = radix_row(&file->file.pages, first, &n);
    n = min(n, end - first);
    *page = first + n;
    if (!row)
        return;
    for (uint64_t i = 0; i < n; i++) {
        if (row[i])
            ramfs_drop_page(row[i], &file->file.n_pages);
        row[i] = 0;
    }
    prune(&file->file.pages, first);
}

/* Makes [start, end) a hole: whole pages are removed, parts of pages cleared. 0, or -EINTR if the
 * thread was killed half way. Lock: the contents mutex held. */
static int punch_hole(struct ramfs_inode *file, uint64_t start, uint64_t end)
{
    uint64_t page = pages_of(start), end_page = end / PAGE_SIZE;
    bool going = true;
    spin_lock(&file->inode.lock);
    if (start % PAGE_SIZE)
        zero_part_locked(file, start, min(end, page * PAGE_SIZE));
    if (end % PAGE_SIZE && end_page >= page)
        zero_part_locked(file, end_page * PAGE_SIZE, end);
    spin_unlock(&file->inode.lock);
    while (going && page < end_page) {
        spin_lock(&file->inode.lock);
        for (int i = 0; i < BREATH && page < end_page; i++)
            punch_row_locked(file, &page, end_page);
        spin_unlock(&file->inode.lock);
        going = cond_resched();
    }
    if (pages_of(start) < end_page)
        backing_zap(&file->file.backing, pages_of(start), end_page, false);
    return going ? 0 : -EINTR;
}

/* Reserves pages for [start, end). If memory runs out, those that were made remain. 0, -ENOSPC,
 * -EINTR. */
static int fill_holes(struct ramfs_inode *file, uint64_t start, uint64_t end)
{
    int err = 0;
    for (uint64_t i = start / PAGE_SIZE; !err && i < pages_of(end); i++) {
        paddr_t frame;
        spin_lock(&file->inode.lock);
        err = ramfs_get_page_locked(file, i, &frame);
        spin_unlock(&file->inode.lock);
        if (!err)
            frame_unref(frame);
        if (i % BREATH == BREATH - 1 && !cond_resched())
            return -EINTR;
    }
    return err ? -ENOSPC : 0;
}

/* ramfs_grow_to without a write: the added bytes read as zeros. */
static void extend_to(struct ramfs_inode *file, uint64_t end)
{
    spin_lock(&file->inode.lock);
    if (end > file->inode.size)
        ramfs_zero_tail_locked(file, file->inode.size);
    spin_unlock(&file->inode.lock);
    ramfs_grow_to(file, end);
}

static int allocate_in(struct ramfs_inode *file, int mode, uint64_t offset, uint64_t end)
{
    int err = 0;
    mutex_lock(ramfs_contents_of(file));
    if (ramfs_seals && !ramfs_seals->allow_fallocate(file, mode & FALLOC_FL_PUNCH_HOLE, end))
        err = -EPERM;
    else if (mode & FALLOC_FL_PUNCH_HOLE)
        err = punch_hole(file, offset, end);
    else
        err = fill_holes(file, offset, end);
    if (!err && mode == 0)
        extend_to(file, end);
    mutex_unlock(ramfs_contents_of(file));
    if (!err)
        inode_touch_mtime(&file->inode);
    return err;
}

/* Reserves memory for a range, or punches a hole. Without FALLOC_FL_KEEP_SIZE the file may become
 * longer. */
static int allocate(struct fs_context *fs, struct file *file, int mode, off_t offset, off_t length)
{
    uint64_t end = (uint64_t)offset + (uint64_t)length;
    if (offset < 0 || length <= 0)
        return -EINVAL;
    if (mode & ~(FALLOC_FL_KEEP_SIZE | FALLOC_FL_PUNCH_HOLE) || mode == FALLOC_FL_PUNCH_HOLE)
        return -EOPNOTSUPP;
    if (!file_writable(file))
        return -EBADF;
    if (file->ops->stream)
        return -ESPIPE;
    if (!inode_is(file->inode, S_IFREG))
        return inode_is(file->inode, S_IFDIR) ? -EISDIR : -ENODEV;
    if (end > MAX_FILE_SIZE)
        return -EFBIG;
    if (end > file->inode->size && end > fs->process->limit_file_bytes &&
        !(mode & FALLOC_FL_KEEP_SIZE)) {
        hooks.raise(SIGXFSZ);
        return -EFBIG;
    }
    inode_drop_privileges(fs, file->inode);
    if (file->ops != &ramfs_file_ops)
        return -EOPNOTSUPP;
    return allocate_in(ramfs_inode(file->inode), mode, (uint64_t)offset, end);
}

long sys_fallocate(struct fs_context *fs, int fd, int mode, off_t offset, off_t length)
{
    struct file *file;
    int err = fd_get(fs, fd, &file);
    if (err)
        return err;
    err = allocate(fs, file, mode, offset, length);
    file_unref(file);
    return err;
}

/* Searches for data, or for a hole, from *page to the end of its node. True: *page is the one that
 * was found; otherwise *page is the first one after the node. */
static bool find_in_row_locked(struct ramfs_inode *file, uint64_t *page, bool data)
{
    uint64_t n;
    const uint64_t *row = radix_row(&file->file.pages, *page, &n);
    if (!row) {
        *page += data ? n : 0;
        return !data;
    }
    for (; n > 0; n--, row++, ++*page)
        if ((*row != 0) == data)
            return true;
    return false;
}

/* The first byte from offset on that is data, or in a hole, for lseek. -ENXIO past the end, -EINTR
 * if the thread was killed. */
static long find_data(struct ramfs_inode *file, uint64_t offset, bool data)
{
    uint64_t page = offset / PAGE_SIZE, size;
    bool found = false;
    do {
        spin_lock(&file->inode.lock);
        size = file->inode.size;
        for (int i = 0; i < BREATH && !found && page < pages_of(size); i++)
            found = find_in_row_locked(file, &page, data);
        spin_unlock(&file->inode.lock);
    } while (!found && page < pages_of(size) && cond_resched());
    if (offset >= size || (data && page >= pages_of(size)))
        return -ENXIO;
    if (!found && page < pages_of(size))
        return -EINTR;
    return (long)min(max(offset, min(page, pages_of(size)) * PAGE_SIZE), size);
}

long holes_seek(struct file *open, int64_t offset, int whence)
{
    if (whence != SEEK_DATA && whence != SEEK_HOLE)
        return file_seek(open, offset, whence);
    if (offset < 0)
        return -ENXIO;
    long at = find_data(ramfs_inode(open->inode), (uint64_t)offset, whence == SEEK_DATA);
    return at < 0 ? at : file_seek(open, at, SEEK_SET);
}

static void start(struct fs_context *fs, const char *command_line)
{
    (void)fs, (void)command_line;
    ramfs_file_ops.seek = holes_seek;
}

ANNEX(holes, ANNEX_DEVICES, start);
