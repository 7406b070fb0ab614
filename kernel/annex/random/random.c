/* Random numbers for programs: getrandom, /dev/random and /dev/urandom, which are the same. And
 * /dev/full, a disk that is full, for tests of programs. */
/* SPDX-License-Identifier: MIT */
#include "annex.h"
#include "dev/devices.h"
#include "proc/private.h"

#define WORK 32 /* the time of a random byte, in bytes copied */

/* There are random bytes from the start, so it never waits. A signal ends a long call early, with
 * what it has. */
long sys_getrandom(struct thread *self, uaddr_t buf, size_t count, unsigned int flags)
{
    char chunk[256];
    size_t done = 0;
    if (flags & ~(GRND_NONBLOCK | GRND_RANDOM | GRND_INSECURE) ||
        (flags & (GRND_RANDOM | GRND_INSECURE)) == (GRND_RANDOM | GRND_INSECURE))
        return -EINVAL;
    count = min(count, (size_t)INT32_MAX & ~(PAGE_SIZE - 1));
    while (done < count && !(done && self->signal_due)) {
        size_t n = min(count - done, sizeof(chunk));
        random_fill(chunk, n);
        size_t given = user_copy_out_some(uaddr_add(buf, done), chunk, n);
        done += given;
        if (given < n)
            return done ? (long)done : -EFAULT;
        if (!thread_resched(WORK * n))
            break;
    }
    return done;
}

/* ---- Devices ---- */

#define CHUNK 128 /* bytes that are on the kernel's stack at a time */

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

static long full_read(struct file *file, struct uio *uio, uint64_t *pos)
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

static long no_seek(struct file *file, int64_t offset, int whence)
{
    (void)file, (void)offset, (void)whence;
    return 0;
}

static const struct file_ops random_ops = {
    .read = random_read,
    .write = random_write,
    .seek = no_seek,
};

static const struct file_ops full_ops = {.read = full_read, .write = full_write, .seek = no_seek};

static int random_open(struct inode *inode, struct file *file)
{
    (void)inode;
    file->ops = &random_ops;
    return 0;
}

static int full_open(struct inode *inode, struct file *file)
{
    (void)inode;
    file->ops = &full_ops;
    return 0;
}

static void start(struct fs_context *fs, const char *command_line)
{
    (void)fs, (void)command_line;
    device_register(&(struct device){MEMORY_MAJOR, 7, "full", 0666, 0, full_open});
    device_register(&(struct device){MEMORY_MAJOR, 8, "random", 0666, 0, random_open});
    device_register(&(struct device){MEMORY_MAJOR, 9, "urandom", 0666, 0, random_open});
}

ANNEX(random, ANNEX_DEVICES, start);
