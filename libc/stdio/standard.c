/* stdin, stdout and stderr; every FILE at exit and across a fork. */
/* SPDX-License-Identifier: MIT */
#include "../thread/atfork.h"
#include "file.h"
#include "start.h"

static struct stdio_file in = {.fd = 0, .can_read = true, .mode = UNSET};
static struct stdio_file out = {.fd = 1, .can_write = true, .mode = UNSET};
static struct stdio_file err = {.fd = 2, .can_write = true, .mode = _IONBF};

FILE *const(stdin) = &in;
FILE *const(stdout) = &out;
FILE *const(stderr) = &err;
FILE *stdio_files;
unsigned stdio_lock;

/* The file after this one of all that are open; the first one after NULL. */
static FILE *after(const FILE *file)
{
    if (!file)
        return &in;
    return file == &in ? &out : file == &out ? &err : file == &err ? stdio_files : file->next;
}

/* Another thread may be waiting for input, and then this one does not wait for it. */
static void leave(FILE *file)
{
    if (file->writing)
        flockfile(file);
    else if (ftrylockfile(file) != 0)
        return;
    if (file->writing)
        file_flush(file);
    else
        file_drop(file);
    funlockfile(file);
}

void stdio_exit(void)
{
    lock_take(&stdio_lock);
    for (FILE *file = after(NULL); file; file = after(file))
        leave(file);
    lock_give(&stdio_lock);
}

/* Files that no other thread is using are whole in the child. The others have empty buffers there,
 * and the parent writes what was in them. To wait for them would be worse, because the thread that
 * uses one may be waiting for input. */
void stdio_before_fork(void)
{
    for (FILE *file = after(NULL); file; file = after(file))
        file->held_for_fork = recursive_try(&file->lock);
}

void stdio_after_fork(bool child)
{
    for (FILE *file = after(NULL); file; file = after(file)) {
        if (file->held_for_fork) {
            recursive_give(&file->lock);
        } else if (child) {
            file->lock = (struct recursive_lock){0};
            file->writing = false;
            file->at = file->limit = file->buf;
        }
    }
}
