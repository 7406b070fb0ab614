/* execveat: execute a program that is named relative to a descriptor, or is the descriptor's file.
 *
 * Such a program has no path by which it, or the interpreter of a script, could find the file
 * again. It is named by one through /dev/fd. */
/* SPDX-License-Identifier: MIT */
#include "proc/private.h"

static bool closes_on_exec(struct fs_context *fs, int fd)
{
    struct file *file;
    bool cloexec = false;
    int found = fd_next(fs, fd, &file, &cloexec);
    if (found >= 0)
        file_unref(file);
    return found == fd && cloexec;
}

/* "/dev/fd/N" or "/dev/fd/N/PATH", to be freed by kfree; NULL: out of memory. */
static char *path_by_descriptor(int fd, const char *path)
{
    size_t size = strlen(path) + sizeof("/dev/fd/-2147483648/");
    char *shown = kmalloc(size);
    if (shown)
        format(shown, size, "/dev/fd/%d%s%s", fd, *path ? "/" : "", path);
    return shown;
}

long sys_execveat(struct thread *self, int dirfd, const char *path, uaddr_t argv, uaddr_t envp,
                  unsigned int flags)
{
    struct exec_args args = {
        .user = true, .argv = argv.at, .envp = envp.at, .dirfd = dirfd, .at_flags = (int)flags};
    char *shown = NULL;
    if (flags & ~(AT_EMPTY_PATH | AT_SYMLINK_NOFOLLOW))
        return -EINVAL;
    if (dirfd != AT_FDCWD && *path != '/') {
        args.shown_path = shown = path_by_descriptor(dirfd, path);
        if (!shown)
            return -ENOMEM;
        args.by_descriptor = !*path;
        args.path_ends = closes_on_exec(&self->fs, dirfd);
    }
    long err = do_exec(self, path, &args);
    kfree(shown);
    return err;
}
