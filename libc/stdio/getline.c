/* Reading lines: fgets into an array of a given size, getline into one that grows. */
/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "file.h"
#include "syscall.h"

/* How many bytes the buffer holds up to and including `stop`; at most `most`; 0 at the end. */
static size_t piece(FILE *file, int stop, size_t most)
{
    if (file_reads(file) < 0)
        return 0;
    if (file->at == file->limit && file_fill(file) == 0)
        return 0;
    size_t have = (size_t)(file->limit - file->at);
    if (have > most)
        have = most;
    unsigned char *found = memchr(file->at, stop, have);
    return found ? (size_t)(found + 1 - file->at) : have;
}

static char *get_line(char *restrict line, int size, FILE *restrict file)
{
    size_t room = (size_t)size, done = 0;
    bool earlier = file->error; /* which is no reason to refuse a line */

    if (size < 1)
        return fail_null(EINVAL);
    file->error = false;
    while (room > done + 1 && (done == 0 || line[done - 1] != '\n')) {
        size_t part = piece(file, '\n', room - done - 1);

        if (part == 0)
            break;
        memcpy(line + done, file->at, part);
        file->at += part;
        done += part;
    }
    bool failed = file->error && errno != EAGAIN; /* after some bytes, the next read will tell */
    file->error |= earlier;
    if (size > 1 && (done == 0 || failed))
        return NULL;
    line[done] = '\0';
    return line;
}

char *fgets(char *restrict line, int size, FILE *restrict file)
{
    file_take(file);
    char *got = get_line(line, size, file);
    file_give(file);
    return got;
}

static int make_room(char **line, size_t *size, size_t wanted)
{
    if (*line && wanted <= *size)
        return 0;
    size_t grown = wanted < 120 ? 120 : wanted + wanted / 2;
    char *moved = realloc(*line, grown);
    if (!moved)
        return -1;
    *line = moved;
    *size = grown;
    return 0;
}

static ssize_t get_until(char **restrict line, size_t *restrict size, int stop, FILE *restrict file)
{
    size_t done = 0, part;

    if (!line || !size)
        return fail(EINVAL);
    if (!*line)
        *size = 0;
    while ((part = piece(file, stop, SIZE_MAX)) > 0) {
        if (make_room(line, size, done + part + 1) < 0) {
            file->error = true;
            return -1;
        }
        memcpy(*line + done, file->at, part);
        file->at += part;
        done += part;
        if ((*line)[done - 1] == (char)stop)
            break;
    }
    if (done == 0)
        return -1;
    (*line)[done] = '\0';
    return (ssize_t)done;
}

ssize_t getdelim(char **restrict line, size_t *restrict size, int stop, FILE *restrict file)
{
    file_take(file);
    ssize_t got = get_until(line, size, stop, file);
    file_give(file);
    return got;
}

ssize_t getline(char **restrict line, size_t *restrict size, FILE *restrict file)
{
    return getdelim(line, size, '\n', file);
}
