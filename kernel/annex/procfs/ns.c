/* /proc/PID/ns: the namespaces of a process. There is only one of each kind, so the numbers are the
 * same for all processes; they are those of the first ones on Linux. */
/* SPDX-License-Identifier: MIT */
#include "abi/fcntl.h"
#include "abi/sched.h"
#include "abi/statfs.h"
#include "nodes.h"

#define NSFS_MAGIC 0x6e736673

static OBJECT_CACHE(ns_inodes, struct inode);

static void ns_stat(struct filesystem *fs, struct statfs *st)
{
    (void)fs;
    *st = (struct statfs){.f_type = NSFS_MAGIC, .f_bsize = PAGE_SIZE, .f_frsize = PAGE_SIZE};
}

static struct filesystem nsfs = {.type = "nsfs", .statfs = ns_stat};

void ns_prepare(void)
{
    nsfs.dev = filesystem_new_dev();
}

/* ---- The kinds ---- */

struct kind {
    const char *name;
    uint64_t number;
    long type; /* CLONE_NEW* */
};

enum { MNT, PID, USER, UTS };

static const struct kind kinds[] = {
    [MNT] = {"mnt", 4026531841, CLONE_NEWNS},
    [PID] = {"pid", 4026531836, CLONE_NEWPID},
    [USER] = {"user", 4026531837, CLONE_NEWUSER},
    [UTS] = {"uts", 4026531838, CLONE_NEWUTS},
};

static const struct kind *kind_of(const struct inode *inode)
{
    size_t i = 0;
    while (kinds[i].number != inode->ino)
        i++;
    return &kinds[i];
}

/* ---- Open namespaces: ioctls ---- */

#define NS_GET_USERNS    0xb701
#define NS_GET_PARENT    0xb702
#define NS_GET_NSTYPE    0xb703
#define NS_GET_OWNER_UID 0xb704

static struct inode *make_inode(const struct kind *kind);
static const struct file_ops ns_file_ops;

/* Opens the user namespace, to which the others belong. The descriptor or -errno. */
static long open_user_namespace(void)
{
    struct fs_context *fs = &current_thread()->fs;
    struct file *file;
    struct inode *inode = make_inode(&kinds[USER]);
    if (!inode)
        return -ENOMEM;
    int err = file_open_anonymous(fs, inode, kinds[USER].name, O_RDONLY, &ns_file_ops, &file);
    if (err) {
        inode_unref(inode);
        return err;
    }
    int fd = fd_install(fs, file, 0, true);
    if (fd < 0)
        file_unref(file);
    return fd;
}

/* The first user namespace and the first pid namespace have no parent that could be seen. */
static long ns_ioctl(struct file *file, uint64_t request, uaddr_t arg)
{
    static const uint32_t root = 0;
    const struct kind *kind = kind_of(file->inode);
    bool is_user = kind == &kinds[USER], has_parents = is_user || kind == &kinds[PID];
    switch (request) {
    case NS_GET_USERNS: return is_user ? -EPERM : open_user_namespace();
    case NS_GET_PARENT: return has_parents ? -EPERM : -EINVAL;
    case NS_GET_NSTYPE: return kind->type;
    case NS_GET_OWNER_UID:
        return !is_user ? -EINVAL : user_copy_out(arg, &root, sizeof(root)) ? -EFAULT : 0;
    default: return -ENOTTY;
    }
}

static const struct file_ops ns_file_ops = {.ioctl = ns_ioctl};

static int ns_open(struct inode *inode, struct file *file)
{
    (void)inode;
    if (file_writable(file))
        return -EPERM;
    file->ops = &ns_file_ops;
    return 0;
}

/* ---- Inodes, made when they are looked up ---- */

static void ns_release(struct inode *inode)
{
    object_free(&ns_inodes, inode);
}

static int allow_no_change(struct inode *inode)
{
    (void)inode;
    return -EPERM;
}

static const struct inode_ops ns_ops = {
    .open = ns_open,
    .allow_change = allow_no_change,
    .release = ns_release,
};

static struct inode *make_inode(const struct kind *kind)
{
    struct inode *inode = object_alloc_zeroed(&ns_inodes);
    if (!inode)
        return NULL;
    inode_init(inode, &ns_ops, &nsfs, S_IFREG | 0444);
    inode->ino = kind->number;
    return inode;
}

/* ---- Links ---- */

/* 0, -EACCES, -ENOENT for a process that has ended, -ENOMEM. */
static int follow(const struct proc_inode *of, const struct kind *kind, struct dentry **target)
{
    char name[32];
    int err = process_look_begin(of->process, true);
    if (err)
        return err;
    process_look_end(of->process);
    struct inode *inode = make_inode(kind);
    if (!inode)
        return -ENOMEM;
    size_t length = format(name, sizeof(name), "%s:[%lu]", kind->name, kind->number);
    *target = dentry_create(NULL, inode, name, length);
    if (!*target)
        inode_unref(inode);
    return *target ? 0 : -ENOMEM;
}

static int follow_mnt(const struct proc_inode *of, struct dentry **target)
{
    return follow(of, &kinds[MNT], target);
}

static int follow_pid(const struct proc_inode *of, struct dentry **target)
{
    return follow(of, &kinds[PID], target);
}

static int follow_user(const struct proc_inode *of, struct dentry **target)
{
    return follow(of, &kinds[USER], target);
}

static int follow_uts(const struct proc_inode *of, struct dentry **target)
{
    return follow(of, &kinds[UTS], target);
}

static long read_link(const struct proc_inode *of, char *buf, size_t size)
{
    struct dentry *target;
    int err = of->node->follow(of, &target);
    return err ? err : path_link(target, buf, size);
}

/* clang-format off */
#define NS_NODE(n, f) \
    {.name = n, .mode = S_IFLNK | 0777, .guarded = true, .readlink = read_link, .follow = f}
/* clang-format on */

const struct proc_node proc_ns_children[] = {
    NS_NODE("mnt", follow_mnt),
    NS_NODE("pid", follow_pid),
    NS_NODE("pid_for_children", follow_pid),
    NS_NODE("user", follow_user),
    NS_NODE("uts", follow_uts),
    {},
};
