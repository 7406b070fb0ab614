/* The devices without hardware: null and zero. */
/* SPDX-License-Identifier: MIT */
#include "abi/errno.h"
#include "abi/fcntl.h"
#include "abi/stat.h"
#include "devices.h"

static long null_read(struct file *file, struct uio *uio, uint64_t *pos)
{
    (void)file, (void)uio, (void)pos;
    return 0;
}

static long null_write(struct file *file, struct uio *uio, uint64_t *pos)
{
    (void)file, (void)pos;
    return uio->left;
}

static long zero_read(struct file *file, struct uio *uio, uint64_t *pos)
{
    (void)file, (void)pos;
    size_t wanted = uio->left, n = uio_put_zeros(uio, wanted);
    return n > 0 || wanted == 0 ? (long)n : -EFAULT;
}

static long no_seek(struct file *file, int64_t offset, int whence)
{
    (void)file, (void)offset, (void)whence;
    return 0;
}

static const struct file_ops null_ops = {.read = null_read, .write = null_write, .seek = no_seek};
/* A mapping of it is zeroed memory. */
static struct backing *zero_backing(struct file *file)
{
    (void)file;
    return NULL;
}

static const struct file_ops zero_ops = {
    .read = zero_read, .write = null_write, .seek = no_seek, .backing = zero_backing};
static const struct {
    const char *name;
    uint32_t minor, permissions;
    const struct file_ops *ops;
} devices[] = {
    {"null", 3, 0666, &null_ops},
    {"zero", 5, 0666, &zero_ops},
};

static int memory_open(struct inode *inode, struct file *file)
{
    for (size_t i = 0; i < ARRAY_SIZE(devices); i++) {
        if (devices[i].minor != (inode->rdev & 0xff))
            continue;
        file->ops = devices[i].ops;
        return 0;
    }
    return -ENXIO;
}

void memory_devices_init(void)
{
    for (size_t i = 0; i < ARRAY_SIZE(devices); i++)
        device_register(&(struct device){MEMORY_MAJOR, devices[i].minor, devices[i].name,
                                         devices[i].permissions, 0, memory_open});
}
