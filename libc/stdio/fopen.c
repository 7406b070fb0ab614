/* Opening and closing: fopen, fdopen, freopen, fclose. */
/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include "file.h"
#include "syscall.h"

int file_mode_flags(const char *mode)
{
    int flags = strchr(mode, '+') ? O_RDWR : *mode == 'r' ? O_RDONLY : O_WRONLY;

    if (*mode == 'w')
        flags |= O_CREAT | O_TRUNC;
    else if (*mode == 'a')
        flags |= O_CREAT | O_APPEND;
    else if (*mode != 'r')
        return fail(EINVAL);
    if (strchr(mode, 'x'))
        flags |= O_EXCL;
    return strchr(mode, 'e') ? flags | O_CLOEXEC : flags;
}

static void set_flags(FILE *file, int flags)
{
    file->can_read = (flags & O_ACCMODE) != O_WRONLY;
    file->can_write = (flags & O_ACCMODE) != O_RDONLY;
    file->append = flags & O_APPEND;
    if (file->append && !file->can_read && file->fd >= 0)
        sys_lseek(file->fd, 0, SEEK_END); /* so that ftell is right before the first write */
}

FILE *file_new(int fd, int flags)
{
    FILE *file = calloc(1, sizeof(*file));

    if (!file)
        return NULL;
    file->fd = fd;
    file->mode = UNSET;
    set_flags(file, flags);
    lock_take(&stdio_lock);
    file->next = stdio_files;
    if (stdio_files)
        stdio_files->previous = file;
    stdio_files = file;
    lock_give(&stdio_lock);
    return file;
}

FILE *fdopen(int fd, const char *mode)
{
    int flags = file_mode_flags(mode);
    int have = (int)syscall_ret(sys_fcntl(fd, F_GETFL, 0));

    if (flags < 0 || have < 0)
        return NULL;
    if ((have & O_ACCMODE) != O_RDWR && (have & O_ACCMODE) != (flags & O_ACCMODE))
        return fail_null(EINVAL);
    if (flags & O_APPEND && !(have & O_APPEND))
        sys_fcntl(fd, F_SETFL, (unsigned long)(have | O_APPEND));
    if (flags & O_CLOEXEC)
        sys_fcntl(fd, F_SETFD, FD_CLOEXEC);
    return file_new(fd, flags);
}

FILE *fopen(const char *restrict path, const char *restrict mode)
{
    int flags = file_mode_flags(mode);

    if (flags < 0)
        return NULL;
    int fd = (int)syscall_ret(sys_open(path, flags, 0666));
    if (fd < 0)
        return NULL;
    FILE *file = file_new(fd, flags);
    if (!file)
        sys_close(fd);
    return file;
}

/* Writes out and frees the buffer, and closes the descriptor; 0, or EOF if a write or the close
 * failed. */
static int release(FILE *file)
{
    int result = 0;

    if (file->writing)
        result = file_flush(file);
    else
        file_drop(file);
    if (file->memory)
        file->memory->close(file->memory);
    else if (file->fd >= 0 && syscall_ret(sys_close(file->fd)) < 0)
        result = EOF;
    if (file->buf_is_ours)
        free(file->buf - UNGET);
    return result;
}

static void leave_list(FILE *file)
{
    lock_take(&stdio_lock);
    if (file->previous)
        file->previous->next = file->next;
    else
        stdio_files = file->next;
    if (file->next)
        file->next->previous = file->previous;
    lock_give(&stdio_lock);
}

/* As a new FILE is, but for its place in the list and its lock. */
static void reset(FILE *file, int fd)
{
    file->fd = fd;
    file->mode = file == stderr ? _IONBF : UNSET;
    file->can_read = file->can_write = file->append = false;
    file->error = file->end = file->writing = file->buf_is_ours = file->utf8 = false;
    file->wide = 0;
    file->buf = file->at = file->limit = NULL;
    file->size = 0;
    file->child = 0;
    file->memory = NULL;
}

int fclose(FILE *file)
{
    bool is_standard = file == stdin || file == stdout || file == stderr;

    if (!is_standard)
        leave_list(file);
    file_take(file);
    int result = release(file);
    reset(file, -1);
    file_give(file);
    if (!is_standard)
        free(file);
    return result;
}

static FILE *reopen(const char *restrict path, int flags, FILE *restrict file)
{
    int old = file->fd;

    file_flush(file);
    int fd = (int)syscall_ret(path ? sys_open(path, flags, 0666) : sys_dup(old));
    if (fd >= 0 && old >= 0 && fd != old) {
        sys_dup3(fd, old, flags & O_CLOEXEC);
        sys_close(fd);
        fd = old;
    }
    file->fd = -1;
    file->can_read = file->can_write = false;
    release(file);
    reset(file, fd);
    if (fd < 0)
        return NULL;
    set_flags(file, flags);
    return file;
}

/* Opens another file for an open FILE, with the same descriptor if it had one. */
FILE *freopen(const char *restrict path, const char *restrict mode, FILE *restrict file)
{
    int flags = file_mode_flags(mode);

    if (flags < 0)
        return NULL;
    file_take(file);
    FILE *opened = reopen(path, flags, file);
    file_give(file);
    return opened;
}
