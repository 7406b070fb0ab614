/* Seals: promises about the contents of a file that cannot be taken back, for memfd_create.
 *
 * A program that gets a file from another program can check its seals and then rely on them: the
 * file will not shrink, or its contents will not change. So a seal must hold from the moment it is
 * set. A call that changes contents or size checks the seals with the contents mutex held, and so
 * does mmap before it makes a shared mapping. A seal is set with the same mutex held: no write is
 * half done at that moment, and no writable mapping is made between the check for such mappings and
 * the seal. fork may copy a shared mapping at any time, but then the parent has one, which the
 * check finds. */
/* SPDX-License-Identifier: MIT */
#include "abi/errno.h"
#include "abi/fcntl.h"
#include "annex.h"
#include "annex/zap/zap.h"
#include "ramfs/local.h"

#define NO_WRITE (F_SEAL_WRITE | F_SEAL_FUTURE_WRITE)
#define ALL_SEALS \
    (F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_FUTURE_WRITE | F_SEAL_EXEC)

/* ---- What seals forbid. Lock: the contents mutex held. ---- */

static bool allow_write(const struct ramfs_inode *file, uint64_t end)
{
    uint32_t seals = file->file.seals;
    return !(seals & NO_WRITE) && !(seals & F_SEAL_GROW && end > file->inode.size);
}

static bool allow_size(const struct ramfs_inode *file, uint64_t size)
{
    uint32_t seals = file->file.seals;
    return !(seals & F_SEAL_SHRINK && size < file->inode.size) &&
           !(seals & F_SEAL_GROW && size > file->inode.size);
}

static bool allow_fallocate(const struct ramfs_inode *file, bool punch, uint64_t end)
{
    uint32_t seals = file->file.seals;
    return punch ? !(seals & NO_WRITE) : !(seals & F_SEAL_GROW && end > file->inode.size);
}

static int allow_mode(struct inode *inode, uint32_t mode)
{
    bool changes = (inode->mode ^ mode) & 0111;
    return changes && ramfs_inode(inode)->file.seals & F_SEAL_EXEC ? -EPERM : 0;
}

/* ---- mmap ---- */

/* As on Linux since 6.7, a sealed file may be mapped shared to read; mprotect cannot make that
 * mapping writable. */
static int check_shared(const struct ramfs_inode *file, struct map_request *request)
{
    if (!(file->file.seals & NO_WRITE))
        return 0;
    if (request->prot & PROT_WRITE)
        return -EPERM;
    request->max_prot = PROT_READ | PROT_EXEC;
    return 0;
}

static long map(struct file *open, struct space *space, struct map_request *request)
{
    struct ramfs_inode *file = ramfs_inode(open->inode);
    bool shared = (request->map_flags & MAP_TYPE) != MAP_PRIVATE;
    if (shared)
        mutex_lock(ramfs_contents_of(file));
    long result = shared ? check_shared(file, request) : 0;
    if (!result)
        result = space_map(space, request);
    if (shared)
        mutex_unlock(ramfs_contents_of(file));
    if (result >= 0)
        file_touch_atime(open);
    return result;
}

/* ---- fcntl ---- */

/* May these seals be added? 0, -EPERM or -EBUSY. Lock: the contents mutex held. */
static int check_add(struct ramfs_inode *file, uint32_t seals)
{
    if (file->file.seals & F_SEAL_SEAL)
        return -EPERM;
    bool denies = seals & F_SEAL_WRITE && !(file->file.seals & F_SEAL_WRITE);
    return denies && backing_shared_writable(&file->file.backing) ? -EBUSY : 0;
}

static int add_seals(struct file *open, uint32_t seals)
{
    struct ramfs_inode *file = ramfs_inode(open->inode);
    if (seals & ~(uint32_t)ALL_SEALS)
        return -EINVAL;
    mutex_lock(ramfs_contents_of(file));
    spin_lock(&file->inode.lock);
    uint8_t former = file->file.seals;
    if (seals & F_SEAL_EXEC && !(former & F_SEAL_SEAL)) {
        file->file.seals |= F_SEAL_EXEC; /* from here on chmod cannot change the execute bits */
        if (file->inode.mode & 0111)
            seals |= F_SEAL_SHRINK | F_SEAL_GROW | NO_WRITE; /* a program cannot be changed */
    }
    spin_unlock(&file->inode.lock);
    int err = check_add(file, seals);
    spin_lock(&file->inode.lock);
    file->file.seals = err ? former : (uint8_t)(former | seals);
    spin_unlock(&file->inode.lock);
    mutex_unlock(ramfs_contents_of(file));
    return err;
}

static long seals_fcntl(struct file *open, unsigned command, uint64_t arg)
{
    switch (command) {
    case F_GET_SEALS: return ramfs_inode(open->inode)->file.seals;
    case F_ADD_SEALS: return add_seals(open, (uint32_t)arg);
    default: return -EINVAL;
    }
}

static const struct ramfs_seals seals = {
    .allow_write = allow_write,
    .allow_size = allow_size,
    .allow_fallocate = allow_fallocate,
};

static void start(struct fs_context *fs, const char *command_line)
{
    (void)fs, (void)command_line;
    ramfs_seals = &seals;
    ramfs_file_inode_ops.allow_mode = allow_mode;
    ramfs_file_ops.map = map;
    ramfs_file_ops.fcntl = seals_fcntl;
}

ANNEX(memfd, ANNEX_START, start);
