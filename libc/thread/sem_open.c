/* Semaphores with a name: files of /dev/shm that are mapped, one mapping in a process for each. */
/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include "lock.h"
#include "sem.h"
#include "syscall.h"

#define DIRECTORY "/dev/shm/"

static struct open_sem {
    sem_t *sem;
    dev_t dev;
    ino_t ino;
    unsigned users;
    struct open_sem *next;
} * opened;

unsigned sems_lock; /* guards the list */

struct path {
    char text[sizeof(DIRECTORY "sem.") + NAME_MAX];
};

/* The path of a semaphore's file; `name` may begin with one slash. 0 or an error number. */
static int find_path(struct path *path, const char *name)
{
    while (*name == '/')
        name++;
    if (!*name || strchr(name, '/'))
        return EINVAL;
    if (strlen(name) > NAME_MAX - strlen("sem."))
        return ENAMETOOLONG;
    stpcpy(stpcpy(path->text, DIRECTORY "sem."), name);
    return 0;
}

/* Maps the file, or finds the mapping that the process has. SEM_FAILED and errno on failure. */
static sem_t *map_locked(int fd)
{
    struct stat st;
    struct open_sem *one = opened;

    if (fstat(fd, &st) < 0)
        return SEM_FAILED;
    if (st.st_size < (off_t)sizeof(sem_t))
        return fail_null(EINVAL);
    while (one && (one->dev != st.st_dev || one->ino != st.st_ino))
        one = one->next;
    if (one) {
        one->users++;
        return one->sem;
    }
    void *at = mmap(NULL, sizeof(sem_t), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (at == MAP_FAILED)
        return SEM_FAILED;
    one = malloc(sizeof(*one));
    if (!one) {
        munmap(at, sizeof(sem_t));
        return SEM_FAILED;
    }
    *one = (struct open_sem){at, st.st_dev, st.st_ino, 1, opened};
    opened = one;
    return at;
}

static sem_t *map_and_close(int fd)
{
    lock_take(&sems_lock);
    sem_t *sem = map_locked(fd);
    lock_give(&sems_lock);
    sys_close(fd);
    return sem;
}

/* Makes a file under a name that no other thread uses. A descriptor, or -1 and errno. */
static int open_new(char *path, size_t size, mode_t mode)
{
    static unsigned last;
    int fd;

    do {
        unsigned n = __atomic_add_fetch(&last, 1, __ATOMIC_RELAXED);
        snprintf(path, size, DIRECTORY "new.%d.%u", (int)sys_getpid(), n);
        fd = (int)sys_open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, mode);
    } while (fd == -EEXIST);
    return (int)syscall_ret(fd);
}

/* Makes the file of a semaphore, and links it when it is whole. A descriptor, or -1 and errno. */
static int make(const struct path *path, mode_t mode, unsigned value)
{
    char other[64];
    sem_t sem;

    if (sem_init(&sem, 1, value) < 0)
        return -1;
    int fd = open_new(other, sizeof(other), mode);
    if (fd < 0)
        return -1;
    long error = sys_write(fd, &sem, sizeof(sem));
    if (error >= 0)
        error = sys_link(other, path->text);
    sys_unlink(other);
    if (error >= 0)
        return fd;
    sys_close(fd);
    return (int)syscall_ret(error);
}

/* Opens the file or makes it. Another process may make or remove it at any time. */
static int open_or_make(const struct path *path, int flags, mode_t mode, unsigned value)
{
    bool only_new = flags & O_CREAT && flags & O_EXCL;

    for (;;) {
        int fd = only_new ? -ENOENT : (int)sys_open(path->text, O_RDWR | O_CLOEXEC, 0);

        if (fd != -ENOENT || !(flags & O_CREAT))
            return (int)syscall_ret(fd);
        fd = make(path, mode, value);
        if (fd >= 0 || errno != EEXIST || only_new)
            return fd;
    }
}

sem_t *sem_open(const char *name, int flags, ...)
{
    struct path path;
    mode_t mode = 0;
    unsigned value = 0;
    int error = find_path(&path, name);

    if (error)
        return fail_null(error);
    if (flags & O_CREAT) {
        va_list args;

        va_start(args, flags);
        mode = va_arg(args, mode_t);
        value = va_arg(args, unsigned);
        va_end(args);
    }
    int fd = open_or_make(&path, flags, mode, value);
    return fd < 0 ? SEM_FAILED : map_and_close(fd);
}

int sem_close(sem_t *sem)
{
    struct open_sem **at = &opened, *last = NULL;

    lock_take(&sems_lock);
    while (*at && (*at)->sem != sem)
        at = &(*at)->next;
    bool found = *at;
    if (found && --(*at)->users == 0) {
        last = *at;
        *at = last->next;
        munmap(sem, sizeof(*sem));
    }
    lock_give(&sems_lock);
    free(last);
    return found ? 0 : fail(EINVAL);
}

int sem_unlink(const char *name)
{
    struct path path;
    int error = find_path(&path, name);

    return error ? fail(error) : unlink(path.text);
}
