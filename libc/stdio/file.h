/* What a FILE is. Its buffer holds either what was read ahead or what waits to be written. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stdio.h>
#include <sys/types.h>
#include "lock.h"

#define UNGET 8 /* bytes before the buffer that ungetc may fill */

struct stdio_file {
    int fd; /* -1: memory */
    bool can_read, can_write;
    bool error, end; /* ferror, feof */
    bool writing;    /* buf holds what waits to be written */
    bool append;
    bool utf8;          /* wide characters are UTF-8 here, whatever the locale is */
    signed char wide;   /* what fwide tells */
    bool buf_is_ours;   /* from malloc */
    unsigned char mode; /* _IOFBF, _IOLBF, _IONBF; UNSET: by the file, at the first use */
    unsigned char *buf; /* NULL before the first use */
    size_t size;
    unsigned char *at, *limit;  /* reading: the bytes that are left; writing: the free space */
    pid_t child;                /* of popen */
    struct memory_file *memory; /* of open_memstream and fmemopen */
    FILE *next, *previous;      /* in stdio_files, except for the three standard files */
    struct recursive_lock lock; /* of flockfile: guards all but next and previous */
    bool held_for_fork;
};

#define UNSET 9

extern FILE *stdio_files;   /* the list of the files that fopen made */
extern unsigned stdio_lock; /* guards the list; its holder may take a FILE's lock, not vice versa */

/* flockfile and funlockfile, if there may be other threads. Programs call functions that take the
 * lock; those that are declared here, and those named *_unlocked, are called with it. */
static inline void file_take(FILE *file)
{
    if (libc_threaded)
        flockfile(file);
}

static inline void file_give(FILE *file)
{
    if (libc_threaded)
        funlockfile(file);
}

/* Make a FILE ready to read or write: buffer and direction. 0, or EOF with the error flag set. */
int file_reads(FILE *file);
int file_writes(FILE *file);

/* Reads more into the buffer: how many bytes are at file->at; 0 at the end and on errors. */
size_t file_fill(FILE *file);

/* Writes out what waits; 0 or EOF. */
int file_flush(FILE *file);

/* Reads a byte; EOF at the end and on errors. */
int file_get(FILE *file);

/* Writes a byte; it, or EOF. */
int file_put_byte(FILE *file, unsigned char byte);

/* Drops what was read ahead, and moves the descriptor's position back to where the program is. */
void file_drop(FILE *file);

/* Writes a block through the buffer; the result is how many bytes of it. */
size_t file_put(FILE *file, const void *block, size_t size);

/* read, write and seek on whatever is below: a descriptor or memory; -errno on failure. */
ssize_t file_raw_read(FILE *file, void *block, size_t size);
ssize_t file_raw_write(FILE *file, const void *block, size_t size);
off_t file_raw_seek(FILE *file, off_t offset, int whence);

/* Converts fopen's letters to flags for open; -1 and EINVAL if they are wrong. */
int file_mode_flags(const char *mode);

/* A new FILE on the list, or NULL. flags are open's. */
FILE *file_new(int fd, int flags);

/* The functions of a file in memory, which has no descriptor. */
struct memory_file {
    ssize_t (*read)(struct memory_file *memory, void *block, size_t size);
    ssize_t (*write)(struct memory_file *memory, const void *block, size_t size);
    off_t (*seek)(struct memory_file *memory, off_t offset, int whence);
    void (*close)(struct memory_file *memory);
};
