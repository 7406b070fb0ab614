/* mmap: memory from a file or fresh. */
#include "private.h"

/* May a file be mapped so? On success the request names its memory.
 * 0, -EACCES or -ENODEV.
 * No lock. */
static int request_file(struct map_request *request, struct file *file)
{
    bool shared = (request->map_flags & MAP_TYPE) != MAP_PRIVATE;
    if (!file_readable(file))
        return -EACCES;
    if (shared && request->prot & PROT_WRITE && !file_writable(file))
        return -EACCES;
    if (!file->ops->backing)
        return -ENODEV;
    if (shared && !file_writable(file))
        request->max_prot = PROT_READ | PROT_EXEC;
    request->backing = file->ops->backing(file);
    request->name = file->entry;
    return 0;
}

/* Checks that need nothing but the arguments.
 * 0, -EINVAL or -ENOMEM.
 * No lock. */
static int check_arguments(const struct map_request *request)
{
    unsigned type = request->map_flags & MAP_TYPE;
    if (request->offset % PAGE_SIZE != 0 || request->n_bytes == 0)
        return -EINVAL;
    if (type != MAP_SHARED && type != MAP_PRIVATE && type != MAP_SHARED_VALIDATE)
        return -EINVAL;
    if (request->n_bytes > USER_END)
        return -ENOMEM;
    if (request->map_flags & (MAP_FIXED | MAP_FIXED_NOREPLACE) && request->address % PAGE_SIZE != 0)
        return -EINVAL;
    return 0;
}

long sys_mmap(struct thread *self, uaddr_t addr, size_t length, unsigned int prot,
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
    long result = check_arguments(&request);
    if (result)
        return result;
    if (!(flags & (MAP_FIXED | MAP_FIXED_NOREPLACE)))
        request.address = align_down(request.address, PAGE_SIZE);
    if (flags & MAP_ANONYMOUS)
        request.offset = 0;
    else
        result = fd_get(&self->process->fs, fd, &file);
    if (!result && file)
        result = request_file(&request, file);
    if (!result)
        result = file && file->ops->map ? file->ops->map(file, self->space, &request)
                                        : space_map(self->space, &request);
    if (file)
        file_unref(file);
    return result;
}
