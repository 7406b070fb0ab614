/* Reading a block: first from the buffer, then large pieces directly from the file. */
/* SPDX-License-Identifier: MIT */
#include <string.h>
#include "file.h"
#include "syscall.h"

/* Reads without the buffer, which is empty. How many bytes; 0 at the end or on an error, with its
 * flag set. */
static size_t read_direct(FILE *file, char *to, size_t size)
{
    ssize_t got = file_raw_read(file, to, size);

    if (got > 0)
        return (size_t)got;
    if (syscall_ret(got) < 0)
        file->error = true;
    else
        file->end = true;
    return 0;
}

size_t fread_unlocked(void *restrict block, size_t size, size_t n, FILE *restrict file)
{
    size_t bytes = size * n, done = 0;
    char *to = block;

    if (bytes == 0 || file_reads(file) < 0)
        return 0;
    while (done < bytes) {
        size_t have = (size_t)(file->limit - file->at), want = bytes - done;

        if (have == 0 && want >= file->size) {
            size_t got = read_direct(file, to + done, want);

            if (got == 0)
                break;
            done += got;
            continue;
        }
        if (have == 0 && (have = file_fill(file)) == 0)
            break;
        size_t part = have < want ? have : want;
        memcpy(to + done, file->at, part);
        file->at += part;
        done += part;
    }
    return done / size;
}

size_t fread(void *restrict block, size_t size, size_t n, FILE *restrict file)
{
    file_take(file);
    size_t done = fread_unlocked(block, size, n, file);
    file_give(file);
    return done;
}
