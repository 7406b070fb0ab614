/* pthread_getattr_np: the stack of a thread, for programs that look for pointers in it. */
/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include "thread.h"

/* The stack of a process's first thread may grow to its limit, or to what is mapped below it. */
static int find_first_stack(pthread_attr_t *attr)
{
    FILE *maps = fopen("/proc/self/maps", "re");
    unsigned long start, end, below = 0;
    struct rlimit limit;
    char line[512];
    int error = ENOENT;

    if (!maps)
        return errno;
    while (error && fgets(line, sizeof(line), maps) && sscanf(line, "%lx-%lx", &start, &end) == 2) {
        if (strstr(line, "[stack]"))
            error = 0;
        else
            below = end;
    }
    fclose(maps);
    if (error || sys_getrlimit(RLIMIT_STACK, &limit) < 0)
        return ENOENT;
    attr->__stack_size = limit.rlim_cur < end - below ? limit.rlim_cur : end - below;
    attr->__stack = (void *)(end - attr->__stack_size);
    attr->__guard_size = 0;
    return 0;
}

int pthread_getattr_np(pthread_t thread, pthread_attr_t *attr)
{
    *attr = (pthread_attr_t){.__detached = thread->fate == DETACHED};
    if (!thread->stack)
        return find_first_stack(attr);
    attr->__stack = thread->stack;
    attr->__stack_size = thread->stack_size;
    attr->__guard_size = thread->guard_size;
    return 0;
}
