/* The devices without hardware: null, zero, full, random, urandom. */
/* SPDX-License-Identifier: MIT */
#include "abi/errno.h"
#include "abi/fcntl.h"
#include "abi/stat.h"
#include "devices.h"

#define CHUNK 128 /* bytes that are on the kernel's stack at a time */
#define WORK  32  /* the time of a random byte, in bytes copied */

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

static long full_write(struct file *file, struct uio *uio, uint64_t *pos)
{
    (void)file, (void)uio, (void)pos;
    return -ENOSPC;
}

static long random_read(struct file *file, struct uio *uio, uint64_t *pos)
{
    (void)file, (void)pos;
    uint8_t bytes[CHUNK];
    long total = 0;
    while (uio->left > 0) {
        size_t n = min(uio->left, (size_t)CHUNK);
        random_fill(bytes, n);
        size_t done = uio_put(uio, bytes, n);
        total += done;
        if (done < n || !thread_resched(WORK * n))
            return total > 0 ? total : -EFAULT;
    }
    return total;
}

/* What is written is added to the state of the generator: it cannot make the numbers worse. */
static long random_write(struct file *file, struct uio *uio, uint64_t *pos)
{
    (void)file, (void)pos;
    uint8_t bytes[CHUNK];
    long total = 0;
    while (uio->left > 0) {
        size_t n = uio_get(uio, bytes, min(uio->left, (size_t)CHUNK));
        if (n == 0)
            return total > 0 ? total : -EFAULT;
        random_stir(bytes, n);
        total += n;
    }
    return total;
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
static const struct file_ops full_ops = {.read = zero_read, .write = full_write, .seek = no_seek};
static const struct file_ops random_ops = {
    .read = random_read,
    .write = random_write,
    .seek = no_seek,
};

static const struct {
    const char *name;
    uint32_t minor, permissions;
    const struct file_ops *ops;
} devices[] = {
    {"null", 3, 0666, &null_ops},      {"zero", 5, 0666, &zero_ops},
    {"full", 7, 0666, &full_ops},      {"random", 8, 0666, &random_ops},
    {"urandom", 9, 0666, &random_ops},
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
