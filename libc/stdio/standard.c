/* stdin, stdout and stderr, and the end of every FILE at exit. */
/* SPDX-License-Identifier: MIT */
#include "file.h"
#include "start.h"

static struct stdio_file in = {.fd = 0, .can_read = true, .mode = UNSET};
static struct stdio_file out = {.fd = 1, .can_write = true, .mode = UNSET};
static struct stdio_file err = {.fd = 2, .can_write = true, .mode = _IONBF};

FILE *const(stdin) = &in;
FILE *const(stdout) = &out;
FILE *const(stderr) = &err;
FILE *stdio_files;

static void leave(FILE *file)
{
    if (file->writing)
        file_flush(file);
    else
        file_drop(file);
}

void stdio_exit(void)
{
    leave(&in);
    leave(&out);
    for (FILE *file = stdio_files; file; file = file->next)
        leave(file);
}
