/* Descriptor tables: which number means which open file.
 *
 * A table is an array of slots, indexed by the number, each a pointer to an open file with the
 * close-on-exec flag in bit 0. POSIX wants the lowest free number for a new file. A bitmap of used
 * numbers makes that search fast, and `lowest` is a number below which none is free. The table of a
 * program with few files is inside the structure, so that fork copies it with one allocation; a
 * larger one doubles as needed.
 *
 * Threads may share a table (CLONE_FILES), and one may close a number while another uses it. So
 * fd_get takes a reference to the open file, with the lock held; close removes the slot and drops
 * the table's reference, and the file ends when the last call on it returns. A thread whose table
 * is not shared reads it without the lock, because only it could change the table.
 *
 * The file is closed after the lock is released: the end of a file may sleep, and a spinlock is
 * held here. A caller that needs a number for a new file asks for room first (fd_room), because it
 * is easier to make nothing than to undo. Between that and fd_install another thread may take the
 * number; then the file gets another one, or fd_install fails and the caller drops the file. */
/* SPDX-License-Identifier: MIT */
#include "local.h"

#define INLINE_SLOTS    ARRAY_SIZE(((struct fd_table *)0)->inline_slots)
#define MAX_DESCRIPTORS (1u << 20)

static OBJECT_CACHE(fd_table_cache, struct fd_table);

static struct file *file_of(uint64_t slot)
{
    return (struct file *)(slot & ~CLOEXEC_BIT);
}

static uint32_t n_words(uint32_t size)
{
    return (size + 63) / 64;
}

struct fd_table *fd_table_create(void)
{
    struct fd_table *table = object_alloc_zeroed(&fd_table_cache);
    if (!table)
        return NULL;
    table->refs = 1;
    spin_init(&table->lock, "descriptors", RANK_FDS);
    table->size = INLINE_SLOTS;
    table->slots = table->inline_slots;
    table->used = table->inline_used;
    return table;
}

/* Makes room for number fd. 0 or -ENOMEM. Lock: table->lock held, unless the table is new. */
static int table_grow(struct fd_table *table, uint32_t fd)
{
    uint32_t size = 64;
    while (size <= fd)
        size *= 2;
    uint64_t *slots = kmalloc(size * sizeof(uint64_t) + n_words(size) * sizeof(uint64_t));
    if (!slots)
        return -ENOMEM;
    uint64_t *used = slots + size;
    memcpy(slots, table->slots, table->size * sizeof(uint64_t));
    memset(slots + table->size, 0, (size - table->size) * sizeof(uint64_t));
    memcpy(used, table->used, n_words(table->size) * sizeof(uint64_t));
    memset(used + n_words(table->size), 0,
           (n_words(size) - n_words(table->size)) * sizeof(uint64_t));
    if (table->slots != table->inline_slots)
        kfree(table->slots);
    table->size = size;
    table->slots = slots;
    table->used = used;
    return 0;
}

/* The number above the highest in use. */
static uint32_t table_end(const struct fd_table *table)
{
    for (uint32_t word = n_words(table->size); word > 0; word--)
        if (table->used[word - 1])
            return word * 64 - (uint32_t)__builtin_clzll(table->used[word - 1]);
    return 0;
}

struct fd_table *fd_table_copy(struct fd_table *from)
{
    struct fd_table *table = fd_table_create();
    if (!table)
        return NULL;
    spin_lock(&from->lock);
    uint32_t end = table_end(from);
    if (end > table->size && table_grow(table, end - 1)) {
        spin_unlock(&from->lock);
        fd_table_unref(table);
        return NULL;
    }
    table->lowest = from->lowest;
    memcpy(table->slots, from->slots, end * sizeof(uint64_t));
    memcpy(table->used, from->used, n_words(end) * sizeof(uint64_t));
    for (uint32_t fd = 0; fd < end; fd++)
        if (table->slots[fd])
            file_ref(file_of(table->slots[fd]));
    spin_unlock(&from->lock);
    return table;
}

struct file *fd_table_take(struct fd_table *table, uint32_t fd)
{
    if (fd >= table->size || !table->slots[fd])
        return NULL;
    struct file *file = file_of(table->slots[fd]);
    table->slots[fd] = 0;
    bitmap_clear(table->used, fd);
    table->lowest = min(table->lowest, fd);
    return file;
}

static void table_set(struct fd_table *table, uint32_t fd, struct file *file, bool cloexec)
{
    table->slots[fd] = (uint64_t)file | (cloexec ? CLOEXEC_BIT : 0);
    bitmap_set(table->used, fd);
}

void fd_table_close_file(struct fd_table *table, struct file *file)
{
    lock_drop_owner(file->inode, table);
    file_unref(file);
}

void fd_table_unref(struct fd_table *table)
{
    if (__atomic_sub_fetch(&table->refs, 1, __ATOMIC_ACQ_REL) != 0)
        return;
    uint32_t end = table_end(table), n_closed = 0;
    for (uint32_t fd = 0; fd < end; fd++) {
        if (!table->slots[fd])
            continue;
        fd_table_close_file(table, file_of(table->slots[fd]));
        if (++n_closed % FILES_A_BREATH == 0)
            (void)cond_resched(); /* a thread that was killed closes them, too */
    }
    if (table->slots != table->inline_slots)
        kfree(table->slots);
    object_free(&fd_table_cache, table);
}

void fd_table_close_on_exec(struct fd_table *table)
{
    uint32_t end = table_end(table), n_closed = 0;
    for (uint32_t fd = 0; fd < end; fd++) {
        if (!(table->slots[fd] & CLOEXEC_BIT))
            continue;
        if (++n_closed % FILES_A_BREATH == 0)
            (void)cond_resched();
        spin_lock(&table->lock);
        struct file *file = fd_table_take(table, fd);
        spin_unlock(&table->lock);
        fd_table_close_file(table, file);
    }
}

/* ---- One descriptor ---- */

/* Can other threads change the table? If not, the caller reads it without the lock. */
static inline bool is_shared(const struct fs_context *fs)
{
    return __atomic_load_n(&fs->fds->refs, __ATOMIC_RELAXED) > 1;
}

int fd_get_any(struct fs_context *fs, int fd, struct file **file)
{
    struct fd_table *table = fs->fds;
    struct file *found = NULL;
    bool shared = is_shared(fs);
    if (shared)
        spin_lock(&table->lock);
    if ((uint32_t)fd < table->size)
        found = file_of(table->slots[fd]);
    if (found)
        file_ref(found);
    if (shared)
        spin_unlock(&table->lock);
    *file = found;
    return found ? 0 : -EBADF;
}

int fd_get(struct fs_context *fs, int fd, struct file **file)
{
    int err = fd_get_any(fs, fd, file);
    if (!err && (*file)->flags & O_PATH) {
        file_unref(*file);
        *file = NULL;
        err = -EBADF;
    }
    return err;
}

/* The lowest free number from `from` on, for which the table has room then. -EMFILE, -ENOMEM.
 * Lock: table->lock held. */
static int table_find(struct fs_context *fs, uint32_t from)
{
    struct fd_table *table = fs->fds;
    uint32_t fd = max(from, table->lowest);
    if (fd < table->size)
        fd = (uint32_t)bitmap_next_clear(table->used, table->size, fd);
    if (from <= table->lowest)
        table->lowest = fd;
    if (fd >= min(fs->process->limit_files, (uint64_t)MAX_DESCRIPTORS))
        return -EMFILE;
    int err = fd >= table->size ? table_grow(table, fd) : 0;
    return err ? err : (int)fd;
}

int fd_room(struct fs_context *fs)
{
    spin_lock(&fs->fds->lock);
    int fd = table_find(fs, 0);
    spin_unlock(&fs->fds->lock);
    return min(fd, 0);
}

int fd_install(struct fs_context *fs, struct file *file, int lowest, bool cloexec)
{
    struct fd_table *table = fs->fds;
    spin_lock(&table->lock);
    int fd = table_find(fs, (uint32_t)lowest);
    if (fd >= 0)
        table_set(table, (uint32_t)fd, file, cloexec);
    spin_unlock(&table->lock);
    return fd;
}

int fd_put(struct fs_context *fs, struct file *file, int fd, bool cloexec, struct file **former)
{
    struct fd_table *table = fs->fds;
    *former = NULL;
    if ((uint64_t)(uint32_t)fd >= min(fs->process->limit_files, (uint64_t)MAX_DESCRIPTORS))
        return -EBADF;
    spin_lock(&table->lock);
    int err = (uint32_t)fd >= table->size ? table_grow(table, (uint32_t)fd) : 0;
    if (!err) {
        *former = fd_table_take(table, (uint32_t)fd);
        table_set(table, (uint32_t)fd, file, cloexec);
    }
    spin_unlock(&table->lock);
    return err;
}

int fd_close(struct fs_context *fs, int fd)
{
    struct fd_table *table = fs->fds;
    spin_lock(&table->lock);
    struct file *file = fd_table_take(table, (uint32_t)fd);
    spin_unlock(&table->lock);
    if (!file)
        return -EBADF;
    fd_table_close_file(table, file);
    return 0;
}

int fd_cloexec(struct fs_context *fs, int fd, int set)
{
    struct fd_table *table = fs->fds;
    int result = -EBADF;
    spin_lock(&table->lock);
    if ((uint32_t)fd < table->size && table->slots[fd]) {
        result = table->slots[fd] & CLOEXEC_BIT;
        if (set >= 0) {
            table->slots[fd] = (table->slots[fd] & ~CLOEXEC_BIT) | (set ? CLOEXEC_BIT : 0);
            result = 0;
        }
    }
    spin_unlock(&table->lock);
    return result;
}

int fd_next(struct fs_context *fs, int fd, struct file **file, bool *cloexec)
{
    int result = -1;
    spin_lock(&fs->lock);
    struct fd_table *table = fs->fds;
    if (!table) { /* the thread has ended */
        spin_unlock(&fs->lock);
        return -1;
    }
    spin_lock_as(&table->lock, RANK_FILE);
    size_t at = (uint32_t)fd < table->size ? bitmap_next_set(table->used, table->size, (size_t)fd)
                                           : table->size;
    if (at < table->size) {
        *file = file_of(table->slots[at]);
        *cloexec = table->slots[at] & CLOEXEC_BIT;
        file_ref(*file);
        result = (int)at;
    }
    spin_unlock(&table->lock);
    spin_unlock(&fs->lock);
    return result;
}
