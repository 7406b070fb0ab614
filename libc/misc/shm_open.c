/* Shared memory with a name: a file of /dev/shm. */
/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include "syscall.h"

#define DIRECTORY "/dev/shm/"

struct path {
    char text[sizeof(DIRECTORY) + NAME_MAX];
};

/* The path of the file; slashes at the name's start do not count. 0 or an error number. */
static int find_path(struct path *path, const char *name)
{
    name += strspn(name, "/");
    if (!*name || strchr(name, '/'))
        return EINVAL;
    if (strlen(name) > NAME_MAX)
        return ENAMETOOLONG;
    stpcpy(stpcpy(path->text, DIRECTORY), name);
    return 0;
}

int shm_open(const char *name, int flags, mode_t mode)
{
    struct path path;
    int error = find_path(&path, name);

    return error ? fail(error) : open(path.text, flags | O_CLOEXEC | O_NOFOLLOW, mode);
}

/* As in glibc, a name with a slash in it is one that is not there. */
int shm_unlink(const char *name)
{
    struct path path;
    int error = find_path(&path, name);

    if (error)
        return fail(error == EINVAL ? ENOENT : error);
    return unlink(path.text);
}
