/* What the tests of /proc share: a file's whole text, its lines, and what a directory has. */
/* SPDX-License-Identifier: MIT */
#pragma once
#include "helpers.h"

static char text[262144]; /* of the file that was read last */

/* Reads a whole file into `text`, in pieces of that size; its length or -1. */
__attribute__((unused)) static long slurp(const char *path, size_t piece)
{
    long length = 0, n = 0;
    text[0] = '\0';
    int fd = open(path, O_RDONLY);
    if (fd < 0)
        return -1;
    while (length + piece < sizeof text && (n = read(fd, text + length, piece)) > 0)
        length += n;
    int error = errno;
    close(fd);
    errno = error;
    text[length] = '\0';
    return n < 0 ? -1 : length;
}

/* What follows a name that begins a line; NULL if it is not there. */
__attribute__((unused)) static const char *field(const char *name)
{
    static char value[4096];
    for (const char *line = text; line; line = strchr(line, '\n') ? strchr(line, '\n') + 1 : NULL) {
        if (strncmp(line, name, strlen(name)) != 0)
            continue;
        line += strlen(name);
        size_t n = strcspn(line, "\n");
        n = n < sizeof value - 1 ? n : sizeof value - 1;
        memcpy(value, line, n);
        value[n] = '\0';
        return value;
    }
    return NULL;
}

/* The number after a name; -1 if it is not there. */
__attribute__((unused)) static long number(const char *name)
{
    const char *value = field(name);
    return value ? atol(value + strspn(value, "\t ")) : -1;
}

/* A file of one line, without its end; empty if it cannot be read. */
__attribute__((unused)) static const char *line_of(const char *path)
{
    if (slurp(path, 4096) < 0)
        text[0] = '\0';
    text[strcspn(text, "\n")] = '\0';
    return text;
}
