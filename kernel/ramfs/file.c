/* Regular files: a radix tree of pages, which are the pages that mmap maps.
 *
 * Reads, writes and mappings all use the same frames, so what one program writes another sees in
 * its mapping at once. There is nothing to write back and no copy to keep up to date.
 *
 * Copying from and to user memory may fault and sleep, so it must happen without the inode's
 * spinlock. The difficulty is to keep the pages valid meanwhile. A reader takes references to
 * some frames with the lock held (pin_pages), releases the lock and copies: a truncation may remove
 * the frames from the file, but they are not freed. A writer holds the contents mutex, and a
 * truncation takes the same mutex, so the pages that the writer finds remain.
 *
 * A write to a hole allocates a frame and fills it before it is in the tree, so no program can see
 * what was in the frame before, and it need not be cleared first. A page fault may fill the same
 * hole meanwhile, because faults do not take the mutex (the writer's own copy may fault on this
 * very file). Then add_page finds the place taken, and copies its bytes into that page.
 *
 * The last page extends beyond the end of the file. A program can write there through a mapping,
 * and those bytes must read as zeros if the file grows later. So a call that moves the end without
 * writing these bytes first clears the rest of the page (ramfs_zero_tail_locked).
 *
 * A truncation first sets the size, then removes the pages, then removes them from all mappings. A
 * fault checks the size with the lock held, so after the first step no fault can bring back a page
 * beyond the end. */
/* SPDX-License-Identifier: MIT */
#include "abi/errno.h"
#include "abi/fcntl.h"
#include "local.h"

#define N_CONTENTS 64 /* files share these mutexes, so that an inode needs no room for one */
#define PINNED     16 /* pages to which a reader has references at a time */

const struct ramfs_seals *ramfs_seals;

static struct mutex contents[N_CONTENTS];

void ramfs_file_setup(void)
{
    for (int i = 0; i < N_CONTENTS && !contents[i].name; i++)
        mutex_init(&contents[i], "file contents", RANK_CONTENTS);
}

struct mutex *ramfs_contents_of(const struct ramfs_inode *file)
{
    return &contents[hash_u64((uint64_t)file) % N_CONTENTS];
}

/* ---- The limit on the pages of all files ---- */

static uint64_t n_file_pages;  /* atomic: of all files, with or without a name */
static uint64_t n_first_pages; /* those of the root archive, to which the limit does not apply */

uint64_t ramfs_memory_pages(void)
{
    static uint64_t n_total; /* constant after the first call */
    if (unlikely(!n_total)) {
        struct memory_counts memory;
        memory_count(&memory);
        n_total = memory.total_frames;
    }
    return n_total;
}

/* As by default on tmpfs, half of the memory that the root archive has left. Without the limit a
 * program that fills files would use up all memory, and other processes would be killed for it. */
static uint64_t most_file_pages(void)
{
    return n_first_pages + (ramfs_memory_pages() - n_first_pages) / 2;
}

void ramfs_file_counts(uint64_t *most, uint64_t *used)
{
    *most = most_file_pages();
    *used = __atomic_load_n(&n_file_pages, __ATOMIC_RELAXED);
}

/* The last 1/32 is for root's shell, as with memory itself. */
bool ramfs_take_page(bool limited)
{
    uint64_t n = __atomic_add_fetch(&n_file_pages, 1, __ATOMIC_RELAXED);
    if (!limited || !current_thread() || !current_thread()->process)
        return true; /* the root archive is unpacked: memory is still being added */
    uint64_t most = most_file_pages();
    if (n <= most - most / 32 || (n <= most && caller_may_reserve()))
        return true;
    __atomic_fetch_sub(&n_file_pages, 1, __ATOMIC_RELAXED);
    return false;
}

void ramfs_give_page(void)
{
    __atomic_fetch_sub(&n_file_pages, 1, __ATOMIC_RELAXED);
}

void ramfs_drop_page(uint64_t frame, void *arg)
{
    uint32_t *n_pages = arg;
    (*n_pages)--;
    ramfs_give_page();
    frame_unref(frame);
}

void ramfs_file_free(struct ramfs_inode *file)
{
    radix_free(&file->file.pages, ramfs_drop_page, &file->file.n_pages);
}

static uint64_t file_blocks(struct inode *inode)
{
    return (uint64_t)ramfs_inode(inode)->file.n_pages * (PAGE_SIZE / 512);
}

/* ---- Reading ---- */

/* Takes references to the pages first .. first+n-1; a hole gives 0. */
static void pin_pages(struct ramfs_inode *file, uint64_t first, size_t n, paddr_t *frames)
{
    spin_lock(&file->inode.lock);
    for (size_t i = 0; i < n;) {
        uint64_t in_row;
        const uint64_t *row = radix_row(&file->file.pages, first + i, &in_row);
        for (; i < n && in_row > 0; i++, in_row--) {
            frames[i] = row ? *row++ : 0;
            if (frames[i])
                frame_ref(frames[i]);
        }
    }
    spin_unlock(&file->inode.lock);
}

/* Reads from n pinned pages, at most up to `end`, and drops the references. False: the reader's
 * memory could not be accessed. */
static bool read_pinned(struct uio *uio, uint64_t *pos, uint64_t end, const paddr_t *frames,
                        size_t n)
{
    bool going = true;
    for (size_t i = 0; i < n; i++) {
        size_t offset = *pos % PAGE_SIZE;
        size_t want = min(PAGE_SIZE - offset, end - *pos);
        if (going) {
            size_t done = frames[i] ? uio_put(uio, (char *)phys_to_virt(frames[i]) + offset, want)
                                    : uio_put_zeros(uio, want);
            *pos += done;
            going = done == want;
        }
        if (frames[i])
            frame_unref(frames[i]);
    }
    return going;
}

/* The size is read once, so a file that grows meanwhile is read to its former end. A file that
 * shrinks meanwhile may give zeros for the part that was removed. */
static long file_read(struct file *open, struct uio *uio, uint64_t *pos)
{
    struct ramfs_inode *file = ramfs_inode(open->inode);
    uint64_t size = __atomic_load_n(&file->inode.size, __ATOMIC_RELAXED);
    uint64_t start = *pos;
    if (start >= size || uio->left == 0)
        return 0;
    uint64_t end = start + min(uio->left, size - start);
    bool going = true;
    while (going && *pos < end) {
        paddr_t frames[PINNED];
        uint64_t first = *pos / PAGE_SIZE;
        size_t n = min(pages_of(end) - first, (uint64_t)PINNED);
        pin_pages(file, first, n, frames);
        going = read_pinned(uio, pos, end, frames, n);
    }
    file_touch_atime(open);
    return *pos > start ? (long)(*pos - start) : -EFAULT;
}

/* ---- Writing ---- */

/* Adds a complete page to the file and takes over its reference. If a fault has filled the hole
 * meanwhile, the bytes [from, to) are copied into that page instead. 0 or -ENOSPC. */
static int add_page(struct ramfs_inode *file, uint64_t index, paddr_t frame, size_t from, size_t to)
{
    int err = 0;
    spin_lock(&file->inode.lock);
    uint64_t *place = radix_make(&file->file.pages, index);
    if (!place) {
        err = -ENOSPC;
    } else if (*place) {
        memcpy((char *)phys_to_virt(*place) + from, (char *)phys_to_virt(frame) + from, to - from);
    } else {
        *place = frame;
        file->file.n_pages++;
        frame = 0;
    }
    spin_unlock(&file->inode.lock);
    if (frame) {
        frame_unref(frame);
        ramfs_give_page();
    }
    return err;
}

/* Writes into a hole: a page with n bytes from io at offset, and zeros around them. Bytes, or
 * -errno. */
static long write_fresh(struct ramfs_inode *file, struct uio *uio, uint64_t index, size_t offset,
                        size_t n)
{
    if (!ramfs_take_page(true))
        return -ENOSPC;
    paddr_t frame = frame_alloc(FRAME_FILE);
    if (!frame) {
        ramfs_give_page();
        return -ENOSPC;
    }
    char *page = phys_to_virt(frame);
    size_t done = uio_get(uio, page + offset, n);
    if (done == 0) {
        frame_unref(frame);
        ramfs_give_page();
        return -EFAULT;
    }
    memset(page, 0, offset);
    memset(page + offset + done, 0, PAGE_SIZE - offset - done);
    int err = add_page(file, index, frame, offset, offset + done);
    return err ? err : (long)done;
}

/* Writes within one page. Bytes or an error. */
static long write_page(struct ramfs_inode *file, struct uio *uio, uint64_t pos)
{
    size_t offset = pos % PAGE_SIZE, n = min(uio->left, PAGE_SIZE - offset);
    spin_lock(&file->inode.lock);
    paddr_t frame = radix_get(&file->file.pages, pos / PAGE_SIZE);
    spin_unlock(&file->inode.lock);
    if (!frame)
        return write_fresh(file, uio, pos / PAGE_SIZE, offset, n);
    size_t done = uio_get(uio, (char *)phys_to_virt(frame) + offset, n);
    return done > 0 ? (long)done : -EFAULT;
}

void ramfs_zero_tail_locked(struct ramfs_inode *file, uint64_t size)
{
    size_t offset = size % PAGE_SIZE;
    paddr_t frame = offset ? radix_get(&file->file.pages, size / PAGE_SIZE) : 0;
    if (frame)
        memset((char *)phys_to_virt(frame) + offset, 0, PAGE_SIZE - offset);
}

void ramfs_grow_to(struct ramfs_inode *file, uint64_t end)
{
    spin_lock(&file->inode.lock);
    if (end > file->inode.size)
        file->inode.size = end;
    spin_unlock(&file->inode.lock);
}

/* Writes all of io at pos. Bytes, or -errno if there were none. Lock: the contents mutex held. */
static long write_at(struct ramfs_inode *file, struct uio *uio, uint64_t pos)
{
    uint64_t start = pos, old_size = file->inode.size;
    if (pos > old_size && old_size % PAGE_SIZE) {
        spin_lock(&file->inode.lock);
        ramfs_zero_tail_locked(file, old_size);
        spin_unlock(&file->inode.lock);
    }
    long done = 0;
    while (uio->left > 0) {
        size_t want = min(uio->left, PAGE_SIZE - pos % PAGE_SIZE);
        done = !ramfs_seals || ramfs_seals->allow_write(file, pos + want)
                   ? write_page(file, uio, pos)
                   : -EPERM;
        if (done > 0)
            pos += (uint64_t)done;
        if (done < (long)want)
            break;
    }
    if (pos == start)
        return done;
    if (pos > old_size)
        ramfs_grow_to(file, pos);
    inode_touch_mtime(&file->inode);
    return (long)(pos - start);
}

static long file_write(struct file *open, struct uio *uio, uint64_t *pos)
{
    struct ramfs_inode *file = ramfs_inode(open->inode);
    struct mutex *mutex = ramfs_contents_of(file);
    mutex_lock(mutex);
    if (uio->append)
        *pos = file->inode.size;
    long done = write_at(file, uio, *pos);
    mutex_unlock(mutex);
    if (done > 0)
        *pos += (uint64_t)done;
    return done;
}

int ramfs_fill(struct inode *inode, const void *data, size_t n_bytes)
{
    struct ramfs_inode *file = ramfs_inode(inode);
    struct kvec one;
    struct uio uio;
    uio_init_kernel(&uio, &one, (void *)data, n_bytes);
    mutex_lock(ramfs_contents_of(file));
    long done = write_at(file, &uio, inode->size);
    n_first_pages = __atomic_load_n(&n_file_pages, __ATOMIC_RELAXED);
    mutex_unlock(ramfs_contents_of(file));
    return done == (long)n_bytes ? 0 : -ENOSPC;
}

int ramfs_adopt(struct inode *inode, paddr_t first, uint64_t n_bytes)
{
    struct ramfs_inode *file = ramfs_inode(inode);
    uint64_t n = pages_of(n_bytes), done = 0, in_row;
    spin_lock(&inode->lock);
    bool wide = radix_make(&file->file.pages, n - 1) != NULL; /* enlarges the tree only once */
    while (wide && done < n && radix_make(&file->file.pages, done)) {
        uint64_t *row = radix_row(&file->file.pages, done, &in_row);
        for (in_row = min(in_row, n - done); in_row > 0; in_row--, done++, first += PAGE_SIZE) {
            frame_ref(first);
            *row++ = first;
        }
    }
    file->file.n_pages += done;
    file->file.dirty_tail = true;
    inode->size = min(n_bytes, done * PAGE_SIZE);
    spin_unlock(&inode->lock);
    n_first_pages = __atomic_add_fetch(&n_file_pages, done, __ATOMIC_RELAXED);
    return done == n ? 0 : -ENOSPC;
}

/* ---- Size ---- */

/* Removes the pages from `first` on, some at a time. The size is set already, so no fault brings
 * one back. A killed thread does not stop half way: pages that remained would be read as contents
 * if the file grew again. Lock: the contents mutex held. */
static void cut_pages(struct ramfs_inode *file, uint64_t first)
{
    bool done;
    do {
        spin_lock(&file->inode.lock);
        done = radix_cut(&file->file.pages, first, ramfs_drop_page, &file->file.n_pages);
        spin_unlock(&file->inode.lock);
    } while (!done && (cond_resched(), true));
}

/* The order matters: see the top of this file. */
static int file_truncate(struct inode *inode, uint64_t size)
{
    struct ramfs_inode *file = ramfs_inode(inode);
    mutex_lock(ramfs_contents_of(file));
    if (ramfs_seals && !ramfs_seals->allow_size(file, size)) {
        mutex_unlock(ramfs_contents_of(file));
        return -EPERM;
    }
    uint64_t old_size = inode->size;
    spin_lock(&inode->lock);
    ramfs_zero_tail_locked(file, min(size, old_size));
    inode->size = size;
    spin_unlock(&inode->lock);
    if (size <= old_size) /* also if equal: fallocate may have reserved pages beyond the end */
        cut_pages(file, pages_of(size));
    if (size < old_size && annex_hooks.backing_zap)
        annex_hooks.backing_zap(&file->file.backing, pages_of(size), BACKING_END, true);
    mutex_unlock(ramfs_contents_of(file));
    if (size != old_size)
        inode_touch_mtime(inode);
    return 0;
}

int ramfs_get_page_locked(struct ramfs_inode *file, uint64_t index, paddr_t *frame)
{
    uint64_t *place = radix_make(&file->file.pages, index);
    if (!place)
        return -ENOMEM;
    if (!*place && !ramfs_take_page(!file->file.unlimited))
        return -EIO;
    if (!*place) {
        *place = frame_alloc_zeroed(FRAME_FILE);
        file->file.n_pages += *place != 0;
        if (!*place)
            ramfs_give_page();
    }
    if (!*place)
        return -ENOMEM;
    frame_ref(*place);
    *frame = *place;
    return 0;
}

/* ---- Mapping ---- */

static struct ramfs_inode *file_of(struct backing *backing)
{
    return container_of(backing, struct ramfs_inode, file.backing);
}

static int backing_page(struct backing *backing, uint64_t index, bool write, paddr_t *frame)
{
    (void)write;
    struct ramfs_inode *file = file_of(backing);
    spin_lock(&file->inode.lock);
    int err = -EIO;
    if (index < pages_of(file->inode.size))
        err = ramfs_get_page_locked(file, index, frame);
    spin_unlock(&file->inode.lock);
    return err;
}

static void backing_pages(struct backing *backing, uint64_t first, size_t n, paddr_t *frames)
{
    struct ramfs_inode *file = file_of(backing);
    uint64_t n_pages = pages_of(__atomic_load_n(&file->inode.size, __ATOMIC_RELAXED));
    size_t n_inside = first < n_pages ? min(n, n_pages - first) : 0;
    pin_pages(file, first, n_inside, frames);
    for (size_t i = n_inside; i < n; i++)
        frames[i] = 0;
}

static void backing_ref(struct backing *backing)
{
    inode_ref(&file_of(backing)->inode);
}

static void backing_unref(struct backing *backing)
{
    inode_unref(&file_of(backing)->inode);
}

static void backing_written(struct backing *backing)
{
    inode_touch_mtime(&file_of(backing)->inode);
}

static void backing_name_ref(void *dentry)
{
    dentry_ref(dentry);
}

static void backing_name_unref(void *dentry)
{
    dentry_unref(dentry);
}

static const struct backing_ops file_backing_ops = {
    .page = backing_page,
    .pages = backing_pages,
    .ref = backing_ref,
    .unref = backing_unref,
    .written = backing_written,
    .name_ref = backing_name_ref,
    .name_unref = backing_name_unref,
};

/* Neither pages ahead nor times: these are for files that are read and written. */
static const struct backing_ops shared_memory_ops = {
    .page = backing_page,
    .ref = backing_ref,
    .unref = backing_unref,
};

struct backing *ramfs_shared_memory(uint64_t n_bytes)
{
    struct mount_info root;
    vfs_mount_at(0, &root);
    struct new_inode what = {.mode = S_IFREG};
    struct ramfs_inode *file = ramfs_inode_create(root.fs, &what);
    if (!file)
        return NULL;
    file->inode.nlink = 0;
    file->inode.size = n_bytes;
    file->file.unlimited = true;
    file->file.backing.ops = &shared_memory_ops;
    return &file->file.backing;
}

/* Clears the last page of a file that ramfs_adopt made, before its first mapping, which would show
 * the bytes after the end of the file. */
static void clean_tail(struct ramfs_inode *file)
{
    mutex_lock(ramfs_contents_of(file));
    spin_lock(&file->inode.lock);
    ramfs_zero_tail_locked(file, file->inode.size);
    file->file.dirty_tail = false;
    spin_unlock(&file->inode.lock);
    mutex_unlock(ramfs_contents_of(file));
}

static struct backing *file_backing(struct file *open)
{
    struct ramfs_inode *file = ramfs_inode(open->inode);
    if (unlikely(file->file.dirty_tail))
        clean_tail(file);
    return &file->file.backing;
}

/* ---- The tables ---- */

struct file_ops ramfs_file_ops = {
    .read = file_read,
    .write = file_write,
    .backing = file_backing,
};

static int file_open_op(struct inode *inode, struct file *open)
{
    (void)inode;
    open->ops = &ramfs_file_ops;
    return 0;
}

struct inode_ops ramfs_file_inode_ops = {
    .truncate = file_truncate,
    .open = file_open_op,
    .blocks = file_blocks,
    .release = ramfs_inode_release,
};

void ramfs_file_init(struct ramfs_inode *file)
{
    backing_init(&file->file.backing, &file_backing_ops);
    file->file.pages = (struct radix){0};
    file->file.n_pages = 0;
    file->file.linkable = file->file.unlimited = false;
    file->file.dirty_tail = false;
    file->file.seals = F_SEAL_SEAL; /* as on tmpfs: only memfd_create makes others */
}
