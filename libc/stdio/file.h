/* What a FILE is. A buffer holds either what was read ahead or what waits to be written,
 * never both. */
#pragma once

#include <stdbool.h>
#include <stdio.h>
#include <sys/types.h>

#define UNGET 8 /* bytes before the buffer that ungetc may fill */

struct stdio_file {
    int fd; /* -1: memory */
    bool can_read, can_write;
    bool error, end; /* ferror, feof */
    bool writing;    /* what buf holds */
    bool append;
    bool buf_is_ours;   /* from malloc */
    unsigned char mode; /* _IOFBF, _IOLBF, _IONBF; UNSET: a terminal gets lines */
    unsigned char *buf; /* NULL before the first use */
    size_t size;
    unsigned char *at, *limit;  /* reading: what is left; writing: the free room */
    pid_t child;                /* popen's */
    struct memory_file *memory; /* open_memstream's and fmemopen's */
    FILE *next, *previous;      /* all but the three standard ones */
};

#define UNSET 9

extern FILE *stdio_files; /* the list of those that fopen made */

/* Makes ready to read or write: buffer, direction; 0, or EOF with the error flag set. */
int file_reads(FILE *file);
int file_writes(FILE *file);

/* Reads more: the bytes at file->at, or 0 at the end and on errors. */
size_t file_fill(FILE *file);

/* Writes out what waits; 0 or EOF. */
int file_flush(FILE *file);

/* Forgets what was read ahead and puts the descriptor's position where the reader is. */
void file_drop(FILE *file);

/* Writes a block through the buffer; the number of bytes taken. */
size_t file_put(FILE *file, const void *block, size_t size);

/* read, write and seek on whatever is below: a descriptor or memory; -errno on failure. */
ssize_t file_raw_read(FILE *file, void *block, size_t size);
ssize_t file_raw_write(FILE *file, const void *block, size_t size);
off_t file_raw_seek(FILE *file, off_t offset, int whence);

/* fopen's letters: flags for open, or -1 and EINVAL. */
int file_mode_flags(const char *mode);

/* A new FILE on the list, or NULL. flags are open's. */
FILE *file_new(int fd, int flags);

/* Memory instead of a descriptor. */
struct memory_file {
    ssize_t (*read)(struct memory_file *memory, void *block, size_t size);
    ssize_t (*write)(struct memory_file *memory, const void *block, size_t size);
    off_t (*seek)(struct memory_file *memory, off_t offset, int whence);
    void (*close)(struct memory_file *memory);
};
