/* The name of a thread, which ps and gdb show. */
/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include "thread.h"

#define NAME_SIZE 16 /* with the NUL */

/* Opens the file of /proc that is the thread's name; -errno on failure. */
static long open_name(struct __pthread *thread, int flags)
{
    char path[48];

    snprintf(path, sizeof(path), "/proc/self/task/%d/comm", thread_tid(thread));
    return sys_open(path, flags | O_CLOEXEC, 0);
}

int pthread_setname_np(pthread_t thread, const char *name)
{
    size_t length = strnlen(name, NAME_SIZE);

    if (length == NAME_SIZE)
        return ERANGE;
    if (thread == thread_self())
        return (int)-sys_prctl(PR_SET_NAME, (unsigned long)name, 0, 0, 0);
    long fd = open_name(thread, O_WRONLY);
    if (fd < 0)
        return (int)-fd;
    long wrote = sys_write((int)fd, name, length);
    sys_close((int)fd);
    return wrote < 0 ? (int)-wrote : 0;
}

int pthread_getname_np(pthread_t thread, char *name, size_t size)
{
    if (size < NAME_SIZE)
        return ERANGE;
    if (thread == thread_self())
        return (int)-sys_prctl(PR_GET_NAME, (unsigned long)name, 0, 0, 0);
    long fd = open_name(thread, O_RDONLY);
    if (fd < 0)
        return (int)-fd;
    long got = sys_read((int)fd, name, NAME_SIZE);
    sys_close((int)fd);
    if (got <= 0)
        return got < 0 ? (int)-got : EIO;
    name[got - 1] = '\0'; /* the newline */
    return 0;
}
