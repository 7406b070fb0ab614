/* Trees of directories: os.makedirs, os.removedirs, os.renames. */
/* SPDX-License-Identifier: MIT */
#include <string.h>
#include "os_internal.h"

/* What the thread's last os.makedirs could not make; NULL if it did not fail. From malloc, and
 * never freed if the thread ends. */
static _Thread_local char *failed;

const char *os_error_path(void)
{
    return failed;
}

static void forget_failure(void)
{
    free(failed);
    failed = NULL;
}

static void note_failure(const char *path)
{
    forget_failure();
    failed = strdup(path);
}

/* The length of the parent's name, 0 for none. *tail is the place of the last name, *tail_length
 * its length. If the path ends in a slash, that is os.path.split applied twice. */
static size_t parent_length(const char *path, size_t length, size_t *tail, size_t *tail_length)
{
    size_t head = os_head_length(path, length, tail);

    if (*tail == length) {
        length = head;
        head = os_head_length(path, length, tail);
    }
    *tail_length = length - *tail;
    return head;
}

/* Makes the directory that the first `length` bytes of path name. path is changed meanwhile. */
static int make(char *path, size_t length, mode_t mode, bool exist_ok)
{
    size_t tail, tail_length;
    size_t head = parent_length(path, length, &tail, &tail_length);
    char at_end = path[length], at_head = path[head];

    if (head && tail_length) {
        path[head] = '\0';
        bool parent = os_path_exists(path);
        path[head] = at_head;
        if (!parent && make(path, head, 0777, exist_ok) < 0 && errno != EEXIST)
            return -1;
        if (tail_length == 1 && path[tail] == '.')
            return 0; /* "a/." exists as soon as "a" does */
    }
    path[length] = '\0';
    long result = sys_mkdir(path, mode);
    if (result < 0 && exist_ok && os_path_isdir(path))
        result = 0;
    if (result < 0)
        note_failure(path);
    path[length] = at_end;
    return (int)syscall_ret(result);
}

int os_makedirs(const char *name, mode_t mode, bool exist_ok)
{
    char *path = strdup(name);

    if (!path)
        return -1;
    forget_failure();
    int result = make(path, strlen(path), mode, exist_ok);
    if (result == 0)
        forget_failure(); /* another has made a parent meanwhile */
    free(path);
    return result;
}

int os_removedirs(const char *name)
{
    size_t length = strlen(name), tail, tail_length;
    char *path = strdup(name);

    if (!path)
        return -1;
    long result = sys_rmdir(path);
    if (result == 0) {
        length = parent_length(path, length, &tail, &tail_length);
        while (length && tail_length) {
            path[length] = '\0';
            if (sys_rmdir(path) < 0)
                break;
            size_t head = os_head_length(path, length, &tail);

            tail_length = length - tail;
            length = head;
        }
    }
    free(path);
    return (int)syscall_ret(result);
}

/* The head of a path that has both a head and a tail, from malloc; otherwise NULL with errno 0. */
static char *head_of(const char *path)
{
    size_t tail, head = os_head_length(path, strlen(path), &tail);

    errno = 0;
    return head && path[tail] ? strndup(path, head) : NULL;
}

int os_renames(const char *old, const char *new)
{
    char *head = head_of(new);

    forget_failure();
    if (!head && errno)
        return -1;
    if (head && !os_path_exists(head) && os_makedirs(head, 0777, false) < 0) {
        free(head);
        return -1;
    }
    free(head);
    if (os_rename(old, new) < 0)
        return -1;
    head = head_of(old);
    if (head)
        os_removedirs(head);
    free(head);
    return 0;
}
