/* The file systems of /proc and /sys: their inodes are made when a name is looked up.
 *
 * Other file systems find a name in a directory that they keep. Here a directory is a node: its
 * names are those of a constant table, those that other annexes have added, and perhaps numbers:
 * processes, threads, descriptors or processors. lookup() searches in this order. It makes an inode
 * that holds the node, a reference to the process, and the number of the thread or descriptor. The
 * inode number is computed from the same, so that a name has the same one at each look-up.
 *
 * What is found may be gone a moment later: the process ends, the descriptor is closed. So nothing
 * is kept from one use to the next. Every operation checks proc_is_gone() first, and looks up
 * thread and descriptor anew. The reference only keeps the structure of the process, so that a new
 * process with the same number is never taken for the old one.
 *
 * A listing may have 30,000 processes, and it may take many calls while they come and go. Its
 * position is the number itself plus NUMBERS_FROM: each call continues with the next number in use,
 * so no process is listed twice, and none is left out that exists all the time. */
/* SPDX-License-Identifier: MIT */
#include "abi/fcntl.h"
#include "abi/limits.h"
#include "abi/statfs.h"
#include "annex.h"
#include "boot.h"
#include "nodes.h"

#define NUMBERS_FROM     256 /* the position in a listing where numbers begin */
#define NUMBERS_A_BREATH 128 /* numbers listed before others may run */
#define FD_LINK_SIZE     64  /* the size that Linux reports */

static OBJECT_CACHE(proc_inodes, struct proc_inode);
static const struct inode_ops directory_ops, link_ops, jump_ops, file_ops;
static struct filesystem procfs, sysfs;

/* ---- Names of a directory ---- */

static struct proc_addition *additions; /* constant after bring-up */

void proc_add(struct proc_addition *addition)
{
    addition->node.added = true;
    addition->next = additions;
    additions = addition;
}

static const struct proc_node *next_added(const struct proc_node *dir,
                                          const struct proc_addition *from)
{
    while (from && from->dir != dir)
        from = from->next;
    return from ? &from->node : NULL;
}

/* The fixed name after `child` in a directory, in its table and then among those that were added.
 * With NULL the first one; NULL if there is none. */
static const struct proc_node *next_child(const struct proc_node *dir,
                                          const struct proc_node *child)
{
    if (child && child->added)
        return next_added(dir, container_of(child, struct proc_addition, node)->next);
    const struct proc_node *next = child ? child + 1 : dir->children;
    return next && next->name ? next : next_added(dir, additions);
}

/* ---- Inodes ---- */

/* The inode number: a place has the same number each time it is looked up. */
static uint64_t number_of(const struct proc_node *node, const struct process *process, int thread,
                          int fd)
{
    uint64_t which = ((uint64_t)node - KERNEL_BASE) / 8;
    uint64_t id = fd >= 0 ? fd + 1 : thread;
    return (process ? (uint64_t)process->pid << 42 : 0) | id << 21 | which;
}

/* A thread cannot change to a directory of a process that is gone. */
static int enter(const struct inode *inode)
{
    return proc_is_gone(proc_of(inode)) ? -ESRCH : 0;
}

/* Counts the links of a directory: one for itself, one in its parent, and one for each directory in
 * it. */
static uint32_t count_links(const struct proc_inode *dir)
{
    const struct proc_node *each = dir->node->each;
    uint32_t n = 2;
    for (const struct proc_node *child = NULL; (child = next_child(dir->node, child));)
        n += S_ISDIR(child->mode);
    if (!each || !S_ISDIR(each->mode))
        return n;
    if (each == &proc_process_node)
        return n + process_count();
    if (each != &proc_thread_node)
        return n + n_cpus;
    return n + __atomic_load_n(&dir->process->n_threads, __ATOMIC_RELAXED);
}

/* Sets owner and mode. The files of a process belong to its effective user; if others may not look
 * into it, all but the readable directories belong to root. */
static void update(struct inode *inode)
{
    const struct process *process = proc_of(inode)->process;
    if (proc_of(inode)->node == &proc_fd_node)
        inode->mode = proc_fd_mode(proc_of(inode));
    inode->nlink = inode_is(inode, S_IFDIR) ? count_links(proc_of(inode)) : 1;
    if (!process)
        return;
    spin_lock(&proc_lock);
    bool own = process->dumpable == 1 || inode->mode == (S_IFDIR | 0555);
    inode->uid = own ? process->euid : 0;
    inode->gid = own ? process->egid : 0;
    spin_unlock(&proc_lock);
}

/* A process may always use its own guarded files. */
static bool is_for_caller(const struct inode *inode)
{
    const struct proc_inode *proc = proc_of(inode);
    return proc->node->guarded && proc->process == current_process();
}

/* Makes an inode, and takes over the reference to the process. NULL if memory is out; the reference
 * is then released. */
static struct inode *make_inode(struct filesystem *fs, const struct proc_node *node,
                                struct process *process, int thread, int fd)
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
    inode_init(&proc->inode, ops, fs, node->mode);
    proc->inode.ino = number_of(node, process, thread, fd);
    if (node == &proc_fd_node)
        proc->inode.size = FD_LINK_SIZE;
    if (fs == &sysfs && S_ISREG(node->mode))
        proc->inode.size = PAGE_SIZE; /* as in sysfs: the most that a file may hold */
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
    for (const struct proc_node *child = NULL; (child = next_child(dir, child));)
        if (strlen(child->name) == len && memcmp(child->name, name, len) == 0)
            return child;
    return NULL;
}

/* The directory of a process under its own number; or, though it is not listed, under the number of
 * a thread. Then it is about that thread. */
static struct inode *find_process(const struct proc_inode *dir, int number, int *err)
{
    struct process *process = process_get(number);
    if (!process)
        return NULL;
    *err = -ENOMEM;
    return make_inode(dir->inode.fs, dir->node->each, process, process->pid == number ? 0 : number,
                      -1);
}

/* Removes the directory's prefix from a name. False if the name does not begin with it. */
static bool cut_prefix(const struct proc_inode *dir, const char **name, size_t *len)
{
    size_t n = dir->node->prefix ? strlen(dir->node->prefix) : 0;
    if (*len < n || memcmp(*name, dir->node->prefix, n) != 0)
        return false;
    *name += n;
    *len -= n;
    return true;
}

/* The inode for a number in the directory; or NULL with *err set. */
static struct inode *find_number(const struct proc_inode *dir, const char *name, size_t len,
                                 int *err)
{
    uint64_t number;
    struct filesystem *fs = dir->inode.fs;
    const struct proc_node *each = dir->node->each;
    *err = -ENOENT;
    if (!each || !cut_prefix(dir, &name, &len))
        return NULL;
    bool plain = len > 0 && (name[0] != '0' || len == 1);
    if (!plain || !number_parse(name, len, 10, &number) || number > INT32_MAX)
        return NULL;
    if (each == &proc_process_node)
        return find_process(dir, (int)number, err);
    long found = dir->node->next(dir, (long)number);
    if (found < 0)
        *err = (int)found;
    if (found != (long)number)
        return NULL;
    struct process *process = dir->process;
    bool task = each == &proc_thread_node;
    if (process)
        process_ref(process);
    *err = -ENOMEM;
    return make_inode(fs, each, process, task ? (int)number : dir->thread, task ? -1 : (int)number);
}

static int lookup(struct dentry *dir, const char *name, size_t len, struct dentry **found)
{
    const struct proc_inode *proc = proc_of(dir->inode);
    int err = -ENOMEM;
    if (proc_is_gone(proc))
        return -ESRCH;
    const struct proc_node *child = find_child(proc->node, name, len);
    if (child && proc->process)
        process_ref(proc->process);
    struct inode *inode =
        child ? make_inode(dir->inode->fs, child, proc->process, proc->thread, proc->fd)
              : find_number(proc, name, len, &err);
    if (!inode)
        return err;
    *found = dentry_create(dir, inode, name, len);
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

/* Lists the fixed names. False if the buffer of the reader is full. */
static bool list_children(const struct proc_inode *dir, uint64_t *pos, struct listing *listing)
{
    uint64_t at = 2;
    for (const struct proc_node *child = NULL; (child = next_child(dir->node, child)); at++) {
        if (at < *pos)
            continue;
        uint64_t ino = number_of(child, dir->process, dir->thread, dir->fd);
        if (!add_name(listing, child->name, ino, child->mode, at + 1))
            return false;
        *pos = at + 1;
    }
    return true;
}

static uint64_t number_of_each(const struct proc_inode *dir, long number)
{
    const struct proc_node *each = dir->node->each;
    if (each == &proc_process_node)
        return (uint64_t)number << 42 | number_of(each, NULL, 0, -1);
    if (each == &proc_thread_node)
        return number_of(each, dir->process, (int)number, -1);
    return number_of(each, dir->process, 0, (int)number);
}

/* Lists the numbers in ascending order, so that what comes or goes meanwhile moves no other. 0 or
 * -EACCES. */
static int list_numbers(const struct proc_inode *dir, uint64_t *pos, struct listing *listing)
{
    char name[24];
    const char *prefix = dir->node->prefix ? dir->node->prefix : "";
    *pos = max(*pos, (uint64_t)NUMBERS_FROM);
    for (unsigned n = 1;; n++) {
        if (n % NUMBERS_A_BREATH == 0 && !cond_resched())
            return 0;
        long number = dir->node->next(dir, *pos - NUMBERS_FROM);
        if (number < 0)
            return number == -ENOENT ? 0 : (int)number;
        format(name, sizeof(name), "%s%ld", prefix, number);
        if (!add_name(listing, name, number_of_each(dir, number), dir->node->each->mode,
                      NUMBERS_FROM + number + 1))
            return 0;
        *pos = NUMBERS_FROM + number + 1;
    }
}

static int list(struct inode *inode, struct dentry *self, uint64_t *pos, struct listing *listing)
{
    const struct proc_inode *dir = proc_of(inode);
    (void)self;
    if (proc_is_gone(dir))
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

/* No name can be made: the error is as on Linux. */
static int create(struct dentry *dir, const char *name, size_t len, const struct new_inode *what,
                  struct dentry **made)
{
    (void)dir, (void)name, (void)len, (void)what, (void)made;
    return -ENOENT;
}

static int link(struct dentry *dir, const char *name, size_t len, struct inode *inode)
{
    (void)dir, (void)name, (void)len, (void)inode;
    return -ENOENT;
}

static int rename(struct dentry *from, struct dentry *new_dir, const char *name, size_t len,
                  struct dentry *over)
{
    (void)from, (void)new_dir, (void)name, (void)len;
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
    return proc_is_gone(proc) ? -ENOENT : proc->node->readlink(proc, buf, size);
}

static int link_follow(struct dentry *link, struct dentry **target)
{
    const struct proc_inode *proc = proc_of(link->inode);
    return proc_is_gone(proc) ? -ENOENT : proc->node->follow(proc, target);
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

/* ---- Files: see files.c ---- */

static int truncate(struct inode *inode, uint64_t size)
{
    (void)inode, (void)size;
    return 0; /* `>` opens with O_TRUNC: there is nothing to cut */
}

static const struct inode_ops file_ops = {
    .open = proc_open_file,
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

static void sysfs_stat(struct filesystem *fs, struct statfs *st)
{
    procfs_stat(fs, st);
    st->f_type = SYSFS_MAGIC;
}

static struct filesystem procfs = {.type = "proc", .statfs = procfs_stat};
static struct filesystem sysfs = {.type = "sysfs", .statfs = sysfs_stat};

static struct filesystem *make_filesystem(struct filesystem *fs, const struct proc_node *root)
{
    fs->dev = filesystem_new_dev();
    struct inode *inode = make_inode(fs, root, NULL, 0, -1);
    fs->root = inode ? dentry_create(NULL, inode, "/", 1) : NULL;
    return fs->root ? fs : NULL;
}

/* Names in /dev of a process's own descriptors, as links to /proc. */
static const char *const links[][2] = {
    {"/dev/fd", "/proc/self/fd"},
    {"/dev/stdin", "/proc/self/fd/0"},
    {"/dev/stdout", "/proc/self/fd/1"},
    {"/dev/stderr", "/proc/self/fd/2"},
};

static void start(struct fs_context *fs, const char *command_line)
{
    cpu_prepare();
    ns_prepare();
    proc_command_line = command_line;
    boot_mount(fs, "/proc", 0555, make_filesystem(&procfs, &proc_root_node));
    boot_mount(fs, "/sys", 0555, make_filesystem(&sysfs, &sysfs_root_node));
    for (size_t i = 0; i < ARRAY_SIZE(links); i++)
        vfs_make(fs, links[i][0],
                 &(struct new_inode){.mode = S_IFLNK | 0777, .target = links[i][1]});
}

ANNEX(procfs, ANNEX_FILES, start);
