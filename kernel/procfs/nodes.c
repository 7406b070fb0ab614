/* The file system behind /proc: inodes made when looked up, text made when read. */
#include "abi/fcntl.h"
#include "abi/limits.h"
#include "abi/statfs.h"
#include "nodes.h"

#define NUMBERS_FROM  256 /* the position in a listing where numbers begin */
#define LONGEST_WRITE 128

static OBJECT_CACHE(proc_inodes, struct proc_inode);
static const struct inode_ops directory_ops, link_ops, jump_ops, file_ops;
static struct filesystem procfs;

static struct proc_inode *proc_of(const struct inode *inode)
{
    return container_of(inode, struct proc_inode, inode);
}

/* ---- Inodes ---- */

/* The same place has the same number each time: of what process, thread or file, and which node. */
static uint64_t number_of(const struct proc_node *node, const struct process *process, int thread,
                          int fd)
{
    uint64_t which = ((uint64_t)node - KERNEL_BASE) / 8;
    uint64_t id = fd >= 0 ? fd + 1 : thread;
    return (process ? (uint64_t)process->pid << 42 : 0) | id << 21 | which;
}

/* Has the process been reaped, or the thread ended, that the file is about? */
static bool is_gone(const struct proc_inode *proc)
{
    if (!proc->process)
        return false;
    if (proc->thread)
        return !process_has_thread(proc->process, proc->thread);
    return __atomic_load_n(&proc->process->state, __ATOMIC_RELAXED) == PROCESS_REAPED;
}

/* Nobody works in a directory of what is gone. */
static int enter(const struct inode *inode)
{
    return is_gone(proc_of(inode)) ? -ESRCH : 0;
}

/* A process's files belong to the user that it acts for; if it may not be looked into, what is not
 * for all to read belongs to root. */
static void update(struct inode *inode)
{
    const struct process *process = proc_of(inode)->process;
    if (!process)
        return;
    spin_lock(&proc_lock);
    bool own = process->dumpable == 1 || inode->mode == (S_IFDIR | 0555);
    inode->uid = own ? process->euid : 0;
    inode->gid = own ? process->egid : 0;
    spin_unlock(&proc_lock);
}

/* What of /proc/PID is not for all is for the process itself in any case. */
static bool is_for_caller(const struct inode *inode)
{
    const struct proc_inode *proc = proc_of(inode);
    return proc->node->guarded && proc->process == current_process();
}

/* Makes an inode for a place; takes over the reference on the process. NULL when out of memory, the
 * reference dropped. */
static struct inode *make_inode(const struct proc_node *node, struct process *process, int thread,
                                int fd)
{
    struct proc_inode *proc = object_alloc_zeroed(&proc_inodes);
    if (!proc) {
        if (process)
            process_unref(process);
        return NULL;
    }
    const struct inode_ops *ops = S_ISDIR(node->mode) ? &directory_ops
                                  : node->follow      ? &jump_ops
                                  : node->readlink    ? &link_ops
                                                      : &file_ops;
    inode_init(&proc->inode, ops, &procfs, node->mode);
    proc->inode.ino = number_of(node, process, thread, fd);
    proc->inode.nlink = S_ISDIR(node->mode) ? 2 : 1;
    proc->node = node;
    proc->process = process;
    proc->thread = thread;
    proc->fd = fd;
    proc->n_execs = process ? __atomic_load_n(&process->n_execs, __ATOMIC_RELAXED) : 0;
    update(&proc->inode);
    return &proc->inode;
}

static void release(struct inode *inode)
{
    struct proc_inode *proc = proc_of(inode);
    if (proc->process)
        process_unref(proc->process);
    object_free(&proc_inodes, proc);
}

static int allow_change(struct inode *inode)
{
    (void)inode;
    return -EPERM;
}

/* ---- Directories ---- */

static const struct proc_node *find_child(const struct proc_node *dir, const char *name, size_t len)
{
    for (const struct proc_node *child = dir->children; child && child->name; child++)
        if (strlen(child->name) == len && memcmp(child->name, name, len) == 0)
            return child;
    return NULL;
}

/* A process's directory under its own number, or, though no listing shows those, under the number
 * of one of its threads: then it is about that thread. */
static struct inode *find_process(const struct proc_node *each, int number, int *err)
{
    struct process *process = process_get(number);
    if (!process)
        return NULL;
    *err = -ENOMEM;
    return make_inode(each, process, process->pid == number ? 0 : number, -1);
}

/* The inode for a number in the directory, if it is there; NULL with *err. */
static struct inode *find_number(const struct proc_inode *dir, const char *name, size_t len,
                                 int *err)
{
    uint64_t number;
    const struct proc_node *each = dir->node->each;
    bool plain = len > 0 && (name[0] != '0' || len == 1);
    *err = -ENOENT;
    if (!each || !plain || !number_parse(name, len, 10, &number) || number > INT32_MAX)
        return NULL;
    if (!dir->process)
        return find_process(each, (int)number, err);
    long found = dir->node->next(dir, (long)number);
    if (found < 0)
        *err = (int)found;
    if (found != (long)number)
        return NULL;
    struct process *process = dir->process;
    bool task = each == &proc_thread_node;
    process_ref(process);
    *err = -ENOMEM;
    return make_inode(each, process, task ? (int)number : dir->thread, task ? -1 : (int)number);
}

static int lookup(struct entry *dir, const char *name, size_t len, struct entry **found)
{
    const struct proc_inode *proc = proc_of(dir->inode);
    int err = -ENOMEM;
    if (is_gone(proc))
        return -ESRCH;
    const struct proc_node *child = find_child(proc->node, name, len);
    if (child && proc->process)
        process_ref(proc->process);
    struct inode *inode = child ? make_inode(child, proc->process, proc->thread, proc->fd)
                                : find_number(proc, name, len, &err);
    if (!inode)
        return err;
    *found = entry_create(dir, inode, name, len);
    if (!*found)
        inode_unref(inode);
    return *found ? 0 : -ENOMEM;
}

static bool add_name(struct listing *listing, const char *name, uint64_t ino, uint32_t mode,
                     uint64_t next_pos)
{
    char words[32] = {0};
    size_t length = strlcpy(words, name, sizeof(words));
    assert(length < sizeof(words));
    return listing_add(listing, words, length, ino, IFTODT(mode), next_pos);
}

/* Lists the fixed names; false if the reader had enough. */
static bool list_children(const struct proc_inode *dir, uint64_t *pos, struct listing *listing)
{
    uint64_t at = 2;
    for (const struct proc_node *child = dir->node->children; child && child->name; child++, at++) {
        if (at < *pos)
            continue;
        uint64_t ino = number_of(child, dir->process, dir->thread, dir->fd);
        if (!add_name(listing, child->name, ino, child->mode, at + 1))
            return false;
        *pos = at + 1;
    }
    return true;
}

/* Lists the numbers, lowest first: what comes or goes meanwhile moves no other.
 * 0 or -EACCES. */
static int list_numbers(const struct proc_inode *dir, uint64_t *pos, struct listing *listing)
{
    char name[16];
    *pos = max(*pos, (uint64_t)NUMBERS_FROM);
    for (;;) {
        long number = dir->node->next(dir, *pos - NUMBERS_FROM);
        if (number < 0)
            return number == -ENOENT ? 0 : (int)number;
        format(name, sizeof(name), "%ld", number);
        const struct proc_node *each = dir->node->each;
        bool task = each == &proc_thread_node;
        uint64_t ino = !dir->process ? (uint64_t)number << 42 | number_of(each, NULL, 0, -1)
                       : task        ? number_of(each, dir->process, number, -1)
                                     : number_of(each, dir->process, 0, number);
        if (!add_name(listing, name, ino, each->mode, NUMBERS_FROM + number + 1))
            return 0;
        *pos = NUMBERS_FROM + number + 1;
    }
}

static int list(struct inode *inode, struct entry *self, uint64_t *pos, struct listing *listing)
{
    const struct proc_inode *dir = proc_of(inode);
    (void)self;
    if (is_gone(dir))
        return -ENOENT;
    if (*pos < NUMBERS_FROM && !list_children(dir, pos, listing))
        return 0;
    return dir->node->each ? list_numbers(dir, pos, listing) : 0;
}

static int open_dir(struct inode *inode, struct file *file)
{
    const struct proc_inode *dir = proc_of(inode);
    (void)file;
    return dir->node->guarded ? process_may_look(dir->process) : 0;
}

/* No name can be made; what is not there is not there, as on Linux. */
static int create(struct entry *dir, const char *name, size_t len, const struct new_inode *what,
                  struct entry **made)
{
    (void)dir, (void)name, (void)len, (void)what, (void)made;
    return -ENOENT;
}

static int link(struct entry *dir, const char *name, size_t len, struct inode *inode)
{
    (void)dir, (void)name, (void)len, (void)inode;
    return -ENOENT;
}

static int rename(struct entry *from, struct entry *new_dir, const char *name, size_t len,
                  struct entry *over, uint32_t flags)
{
    (void)from, (void)new_dir, (void)name, (void)len, (void)flags;
    return over ? -EPERM : -ENOENT;
}

static const struct inode_ops directory_ops = {
    .lookup = lookup,
    .create = create,
    .link = link,
    .rename = rename,
    .list = list,
    .open = open_dir,
    .enter = enter,
    .allows = is_for_caller,
    .attributes = update,
    .allow_change = allow_change,
    .release = release,
};

/* ---- Links ---- */

static long link_read(struct inode *inode, char *buf, size_t size)
{
    const struct proc_inode *proc = proc_of(inode);
    return is_gone(proc) ? -ENOENT : proc->node->readlink(proc, buf, size);
}

static int link_follow(struct entry *link, struct entry **target)
{
    const struct proc_inode *proc = proc_of(link->inode);
    return is_gone(proc) ? -ENOENT : proc->node->follow(proc, target);
}

static const struct inode_ops link_ops = {
    .readlink = link_read,
    .attributes = update,
    .allow_change = allow_change,
    .release = release,
};

static const struct inode_ops jump_ops = {
    .readlink = link_read,
    .follow = link_follow,
    .attributes = update,
    .allow_change = allow_change,
    .release = release,
};

/* ---- Files ---- */

/* An open file: the text stays while it is read on; a read from the start makes it anew. */
struct proc_file {
    struct mutex lock; /* guards the other while it is read; rank RANK_CONTENTS */
    struct text text;
};

static OBJECT_CACHE(proc_files, struct proc_file);

/* Makes the text of the file anew; 0 or -errno. The lock is not held meanwhile: to look at a
 * process takes locks, and may close a file that the process has just closed. */
static int make_text(struct proc_file *own, const struct proc_inode *proc)
{
    struct text text = {0};
    int err = proc->node->text(&text, proc);
    if (!err && text.failed)
        err = -ENOMEM;
    if (!err) {
        mutex_lock(&own->lock);
        struct text former = own->text;
        own->text = text;
        mutex_unlock(&own->lock);
        text = former;
    }
    kfree(text.buf);
    return err;
}

static long read_text(struct proc_file *own, const struct proc_inode *proc, struct io *io,
                      uint64_t pos)
{
    long n = pos == 0 || !own->text.buf ? make_text(own, proc) : 0;
    if (n < 0)
        return n;
    mutex_lock(&own->lock);
    if (pos < own->text.length) {
        size_t wanted = min(io->left, own->text.length - pos);
        n = io_put(io, own->text.buf + pos, wanted);
        if (n == 0 && wanted > 0)
            n = -EFAULT;
    }
    mutex_unlock(&own->lock);
    return n;
}

static long file_read(struct file *file, struct io *io, uint64_t *pos)
{
    const struct proc_inode *proc = proc_of(file->inode);
    long n = -EINVAL;
    if (is_gone(proc))
        return -ESRCH;
    if (proc->node->live)
        n = proc->node->live(proc, io, *pos);
    else if (proc->node->text)
        n = read_text(file->private_data, proc, io, *pos);
    if (n > 0)
        *pos += n;
    return n;
}

static long file_write(struct file *file, struct io *io, uint64_t *pos)
{
    const struct proc_inode *proc = proc_of(file->inode);
    char line[LONGEST_WRITE];
    size_t wanted = io->left, n = min(wanted, sizeof(line) - 1);
    if (!proc->node->write)
        return proc->process ? -EINVAL : -EIO;
    if (is_gone(proc))
        return -ESRCH;
    if (wanted == 0 && !proc->process)
        return 0;
    if (io_get(io, line, n) < n)
        return -EFAULT;
    line[n] = '\0';
    long err = proc->node->write(proc, line, n);
    if (err < 0)
        return err;
    *pos += wanted;
    return wanted;
}

/* A text is a sequence, whose end is known when it was read. */
static long proc_seek(struct file *file, int64_t offset, int whence)
{
    const struct proc_node *node = proc_of(file->inode)->node;
    if (node->text && !node->has_end && whence != SEEK_SET && whence != SEEK_CUR)
        return -EINVAL;
    return file_seek(file, offset, whence);
}

static void file_release(struct file *file)
{
    struct proc_file *own = file->private_data;
    kfree(own->text.buf);
    object_free(&proc_files, own);
}

static const struct file_ops proc_file_ops = {
    .read = file_read,
    .write = file_write,
    .seek = proc_seek,
    .hears_nothing = true,
    .release = file_release,
};

static int open_file(struct inode *inode, struct file *file)
{
    const struct proc_inode *proc = proc_of(inode);
    if (is_gone(proc))
        return -ESRCH;
    if (proc->node->guarded && process_may_look(proc->process))
        return -EACCES;
    struct proc_file *own = object_alloc_zeroed(&proc_files);
    if (!own)
        return -ENOMEM;
    mutex_init(&own->lock, "proc text", RANK_CONTENTS);
    file->ops = &proc_file_ops;
    file->private_data = own;
    return 0;
}

static int truncate(struct inode *inode, uint64_t size)
{
    (void)inode, (void)size;
    return 0; /* `>` opens with O_TRUNC: there is nothing to cut */
}

static const struct inode_ops file_ops = {
    .open = open_file,
    .truncate = truncate,
    .attributes = update,
    .allow_change = allow_change,
    .release = release,
};

/* ---- The file system ---- */

static void procfs_stat(struct filesystem *fs, struct statfs *st)
{
    (void)fs;
    *st = (struct statfs){.f_type = PROC_SUPER_MAGIC,
                          .f_bsize = PAGE_SIZE,
                          .f_frsize = PAGE_SIZE,
                          .f_namelen = NAME_MAX};
}

static struct filesystem procfs = {.type = "proc", .statfs = procfs_stat};

struct filesystem *procfs_create(void)
{
    procfs.dev = filesystem_new_dev();
    struct inode *inode = make_inode(&proc_root_node, NULL, 0, -1);
    procfs.root = inode ? entry_create(NULL, inode, "/", 1) : NULL;
    return procfs.root ? &procfs : NULL;
}
