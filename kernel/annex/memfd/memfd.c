/* memfd_create: makes and opens a file in the root file system that has no name in a directory.
 *
 * The open file needs a dentry, as every open file does. It gets one that is dead from the start:
 * it has the root directory as its parent, but is not in it, so no lookup can find it. When the
 * last descriptor and the last mapping are gone the file is freed. */
/* SPDX-License-Identifier: MIT */
#include "abi/errno.h"
#include "abi/fcntl.h"
#include "syscall_calls.h"
#include "unnamed.h"
#include "vfs/local.h"

#define MAX_NAME 249 /* as on Linux: with its prefix, a name's length */

#define KNOWN_FLAGS (MFD_CLOEXEC | MFD_ALLOW_SEALING | MFD_NOEXEC_SEAL | MFD_EXEC)

static uint8_t first_seals(unsigned flags)
{
    if (flags & MFD_NOEXEC_SEAL)
        return F_SEAL_EXEC;
    return flags & MFD_ALLOW_SEALING ? 0 : F_SEAL_SEAL;
}

/* Makes the file and opens it to read and write. Its dentry has the name that /proc shows. */
static int memfd_open(struct fs_context *fs, const char *name, unsigned flags, struct file **file)
{
    char text[sizeof("memfd:") + MAX_NAME];
    int len = format(text, sizeof(text), "memfd:%s", name);
    struct mount_info root;
    vfs_mount_at(0, &root);
    struct cred *cred = fs_cred(fs);
    struct inode *inode = ramfs_unnamed_file(root.fs, flags & MFD_NOEXEC_SEAL ? 0666 : 0777,
                                             cred->fsuid, cred->fsgid);
    cred_unref(cred);
    struct dentry *dentry = inode ? dentry_create(root.at, inode, text, (size_t)len) : NULL;
    if (!dentry) {
        if (inode)
            inode_unref(inode);
        return -ENOMEM;
    }
    dentry->dead = true;
    ramfs_inode(inode)->file.seals = first_seals(flags);
    int err = file_open_dentry(fs, dentry, O_RDWR | O_LARGEFILE, file);
    dentry_unref(dentry);
    if (!err) { /* as on Linux, the file can be executed while it is open */
        inode_put_write(inode);
        (*file)->uncounted = true;
    }
    return err;
}

long sys_memfd_create(struct fs_context *fs, const char *name, unsigned flags)
{
    struct file *file;
    if (flags & ~KNOWN_FLAGS || (flags & MFD_NOEXEC_SEAL && flags & MFD_EXEC) ||
        strlen(name) > MAX_NAME)
        return -EINVAL;
    int err = memfd_open(fs, name, flags, &file);
    if (err)
        return err;
    int fd = fd_install(fs, file, 0, flags & MFD_CLOEXEC);
    if (fd < 0)
        file_unref(file);
    return fd;
}
