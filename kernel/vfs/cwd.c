/* The working directory: getcwd, chdir, fchdir. */
#include "local.h"
#include "syscall_calls.h"

#define SHORT_PATH 256 /* bytes of a path that needs no page */

/* Writes the path of the working directory; its length with the NUL, or -errno. */
static long give_path(struct fs_context *fs, char *text, size_t room, uaddr_t buf, size_t size)
{
    char *start;
    spin_lock(&fs->lock);
    int err = entry_path(fs->root, fs->cwd, true, text, room, &start);
    spin_unlock(&fs->lock);
    if (err)
        return err;
    size_t len = (size_t)(text + room - start);
    if (len > size)
        return -ERANGE;
    return user_copy_out(buf, start, len) ? -EFAULT : (long)len;
}

long sys_getcwd(struct fs_context *fs, uaddr_t buf, size_t size)
{
    char text[SHORT_PATH];
    long result = give_path(fs, text, sizeof(text), buf, size);
    if (result == -ENAMETOOLONG) {
        char *page = buffer_alloc();
        result = page ? give_path(fs, page, PAGE_SIZE, buf, size) : -ENOMEM;
        buffer_free(page);
    }
    return result;
}

/* Takes over the entry's reference, if it may be searched. */
static int set_cwd(struct fs_context *fs, struct entry *entry)
{
    int err = fs_permission(fs, entry->inode, MAY_EXEC);
    if (err) {
        entry_unref(entry);
        return err;
    }
    spin_lock(&fs->lock);
    struct entry *former = fs->cwd;
    fs->cwd = entry;
    spin_unlock(&fs->lock);
    entry_unref(former);
    return 0;
}

long sys_chdir(struct fs_context *fs, const char *path)
{
    struct entry *entry;
    int err = path_walk(fs, AT_FDCWD, path, WALK_FOLLOW | WALK_DIRECTORY, &entry);
    return err ? err : set_cwd(fs, entry);
}

long sys_fchdir(struct fs_context *fs, int fd)
{
    struct file *file;
    int err = fd_get_any(fs, fd, &file);
    if (err)
        return err;
    struct entry *entry = file->entry;
    entry_ref(entry);
    file_unref(file);
    if (entry_is_dir(entry))
        return set_cwd(fs, entry);
    entry_unref(entry);
    return -ENOTDIR;
}
