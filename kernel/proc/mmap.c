/* mmap: checks the arguments and the file; then mm or the file makes the mapping.
 *
 * Which error comes first, and which flags are ignored, is as on Linux: programs try flags to learn
 * what a kernel can do. */
/* SPDX-License-Identifier: MIT */
#include "private.h"
#include "ramfs.h"

/* Does the range reach beyond the greatest size of a file? Devices may have any offset. */
static bool past_all_files(const struct map_request *request, const struct file *file)
{
    return inode_is(file->inode, S_IFREG) &&
           (request->offset > INT64_MAX ||
            align_up(request->n_bytes, PAGE_SIZE) > INT64_MAX - request->offset);
}

/* May the file be mapped like this? If so, the request gets its backing. 0, -EOVERFLOW, -EACCES or
 * -ENODEV. */
static int request_file(struct map_request *request, struct file *file)
{
    bool shared = (request->map_flags & MAP_TYPE) != MAP_PRIVATE;
    if (past_all_files(request, file))
        return -EOVERFLOW;
    if (!file_readable(file))
        return -EACCES;
    if (shared && request->prot & PROT_WRITE && !file_writable(file))
        return -EACCES;
    if (!file->ops->backing)
        return -ENODEV;
    if (shared && !file_writable(file))
        request->max_prot = PROT_READ | PROT_EXEC;
    request->backing = file->ops->backing(file);
    request->name = request->backing ? file->dentry : NULL; /* /dev/zero: zeroed memory */
    return 0;
}

/* The flags that MAP_SHARED_VALIDATE accepts. Other types of mapping ignore flags that they do not
 * know. */
enum {
    KNOWN_FLAGS = MAP_TYPE | MAP_FIXED | MAP_ANONYMOUS | MAP_32BIT | MAP_GROWSDOWN | MAP_DENYWRITE |
                  MAP_EXECUTABLE | MAP_LOCKED | MAP_NORESERVE | MAP_POPULATE | MAP_NONBLOCK |
                  MAP_STACK | MAP_HUGETLB | MAP_FIXED_NOREPLACE |
                  0x1f << 26 /* sizes of huge pages */
};

/* Checks the arguments alone. There are no huge pages. 0, -EINVAL, -ENOMEM or -EOPNOTSUPP. */
static int check_arguments(const struct map_request *request)
{
    unsigned type = request->map_flags & MAP_TYPE;
    bool anonymous = request->map_flags & MAP_ANONYMOUS;
    if (request->map_flags & MAP_HUGETLB)
        return anonymous ? -ENOMEM : -EINVAL;
    if (request->n_bytes == 0)
        return -EINVAL;
    if (request->n_bytes > USER_END)
        return -ENOMEM;
    if (request->map_flags & (MAP_FIXED | MAP_FIXED_NOREPLACE) && request->address % PAGE_SIZE != 0)
        return -EINVAL;
    if (request->map_flags & MAP_GROWSDOWN && type != MAP_PRIVATE && !anonymous)
        return -EINVAL;
    if (type == MAP_SHARED_VALIDATE && !anonymous)
        return request->map_flags & ~(unsigned)KNOWN_FLAGS ? -EOPNOTSUPP : 0;
    if (type != MAP_SHARED && type != MAP_PRIVATE)
        return -EINVAL;
    if (request->map_flags & MAP_GROWSDOWN && (type == MAP_SHARED || !anonymous))
        return -EINVAL;
    return 0;
}

/* A shared mapping without a file is one of a file without a name, which nothing else can open. 0
 * or -ENOMEM. */
static int request_shared_memory(struct map_request *request)
{
    request->backing = ramfs_shared_memory(align_up(request->n_bytes, PAGE_SIZE));
    return request->backing ? 0 : -ENOMEM;
}

long sys_mmap(struct thread *self, uaddr_t addr, size_t length, unsigned long prot,
              unsigned int flags, int fd, unsigned long offset)
{
    struct map_request request = {
        .address = addr.at,
        .n_bytes = length,
        .map_flags = flags,
        .offset = offset,
        .prot = prot & (PROT_READ | PROT_WRITE | PROT_EXEC),
    };
    struct file *file = NULL;
    long result = offset % PAGE_SIZE ? -EINVAL : 0;
    if (!result && !(flags & MAP_ANONYMOUS))
        result = fd_get(&self->fs, fd, &file);
    if (!result)
        result = check_arguments(&request);
    if (!(flags & (MAP_FIXED | MAP_FIXED_NOREPLACE)))
        request.address = align_down(request.address, PAGE_SIZE);
    if (flags & MAP_ANONYMOUS)
        request.offset = 0;
    if (!result && file)
        result = request_file(&request, file);
    bool shares_memory = !result && !request.backing && (flags & MAP_TYPE) != MAP_PRIVATE;
    if (shares_memory)
        result = request_shared_memory(&request);
    if (!result)
        result = file && file->ops->map ? file->ops->map(file, self->space, &request)
                                        : space_map(self->space, &request);
    if (shares_memory && request.backing)
        request.backing->ops->unref(request.backing);
    if (file)
        file_unref(file);
    return result;
}
