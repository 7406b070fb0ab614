/* Buffered files and formatted printing. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdarg.h>
#include <stddef.h>
#include <abi/fcntl.h>

typedef struct stdio_file FILE;
typedef long fpos_t;

#define EOF          (-1)
#define BUFSIZ       4096
#define FILENAME_MAX 4096
#define FOPEN_MAX    1024
#define L_tmpnam     20
#define L_ctermid    20
#define TMP_MAX      10000
#define P_tmpdir     "/tmp"

#define _IOFBF 0
#define _IOLBF 1
#define _IONBF 2

extern FILE *const stdin;
extern FILE *const stdout;
extern FILE *const stderr;
#define stdin  (stdin)
#define stdout (stdout)
#define stderr (stderr)

FILE *fopen(const char *restrict path, const char *restrict mode);
FILE *freopen(const char *restrict path, const char *restrict mode, FILE *restrict file);
FILE *fdopen(int fd, const char *mode);
FILE *fmemopen(void *restrict buf, size_t size, const char *restrict mode);
FILE *open_memstream(char **text, size_t *size);
FILE *popen(const char *command, const char *mode);
FILE *tmpfile(void);

/* A name below /tmp that no file has yet, in L_tmpnam bytes (NULL: of the library). tempnam's is in
 * TMPDIR, dir or /tmp, whichever exists first, begins with up to 5 bytes of the prefix, and is from
 * malloc. NULL: there is none. */
char *tmpnam(char *path);
char *tempnam(const char *dir, const char *prefix);
int pclose(FILE *file);
int fclose(FILE *file);
int fileno(FILE *file);
int fileno_unlocked(FILE *file);
int fflush(FILE *file);
int fflush_unlocked(FILE *file);
int setvbuf(FILE *restrict file, char *restrict buf, int mode, size_t size);
void setbuf(FILE *restrict file, char *restrict buf);
void setlinebuf(FILE *file);

size_t fread(void *restrict block, size_t size, size_t n, FILE *restrict file);
size_t fwrite(const void *restrict block, size_t size, size_t n, FILE *restrict file);
size_t fread_unlocked(void *restrict block, size_t size, size_t n, FILE *restrict file);
size_t fwrite_unlocked(const void *restrict block, size_t size, size_t n, FILE *restrict file);
int fgetc(FILE *file);
int getc(FILE *file);
int getchar(void);
int getc_unlocked(FILE *file);
int getchar_unlocked(void);
int ungetc(int c, FILE *file);
char *fgets(char *restrict line, int size, FILE *restrict file);
ssize_t getline(char **restrict line, size_t *restrict size, FILE *restrict file);
ssize_t getdelim(char **restrict line, size_t *restrict size, int stop, FILE *restrict file);
int fputc(int c, FILE *file);
int putc(int c, FILE *file);
int putchar(int c);
int putc_unlocked(int c, FILE *file);
int putchar_unlocked(int c);
int fputs(const char *restrict text, FILE *restrict file);
int fputs_unlocked(const char *restrict text, FILE *restrict file);
int puts(const char *text);

int feof(FILE *file);
int ferror(FILE *file);
int feof_unlocked(FILE *file);
int ferror_unlocked(FILE *file);
void clearerr(FILE *file);
int fseek(FILE *file, long offset, int whence);
int fseeko(FILE *file, off_t offset, int whence);
long ftell(FILE *file);
off_t ftello(FILE *file);
void rewind(FILE *file);
int fgetpos(FILE *restrict file, fpos_t *restrict at);
int fsetpos(FILE *file, const fpos_t *at);
void flockfile(FILE *file);
int ftrylockfile(FILE *file);
void funlockfile(FILE *file);

int printf(const char *restrict format, ...) __attribute__((format(printf, 1, 2)));
int fprintf(FILE *restrict file, const char *restrict format, ...)
    __attribute__((format(printf, 2, 3)));
int dprintf(int fd, const char *restrict format, ...) __attribute__((format(printf, 2, 3)));
int sprintf(char *restrict text, const char *restrict format, ...)
    __attribute__((format(printf, 2, 3)));
int snprintf(char *restrict text, size_t size, const char *restrict format, ...)
    __attribute__((format(printf, 3, 4)));
int asprintf(char **restrict text, const char *restrict format, ...)
    __attribute__((format(printf, 2, 3)));
int vprintf(const char *restrict format, va_list args) __attribute__((format(printf, 1, 0)));
int vfprintf(FILE *restrict file, const char *restrict format, va_list args)
    __attribute__((format(printf, 2, 0)));
int vdprintf(int fd, const char *restrict format, va_list args)
    __attribute__((format(printf, 2, 0)));
int vsprintf(char *restrict text, const char *restrict format, va_list args)
    __attribute__((format(printf, 2, 0)));
int vsnprintf(char *restrict text, size_t size, const char *restrict format, va_list args)
    __attribute__((format(printf, 3, 0)));
int vasprintf(char **restrict text, const char *restrict format, va_list args)
    __attribute__((format(printf, 2, 0)));

int scanf(const char *restrict format, ...) __attribute__((format(scanf, 1, 2)));
int fscanf(FILE *restrict file, const char *restrict format, ...)
    __attribute__((format(scanf, 2, 3)));
int sscanf(const char *restrict text, const char *restrict format, ...)
    __attribute__((format(scanf, 2, 3)));
int vscanf(const char *restrict format, va_list args) __attribute__((format(scanf, 1, 0)));
int vfscanf(FILE *restrict file, const char *restrict format, va_list args)
    __attribute__((format(scanf, 2, 0)));
int vsscanf(const char *restrict text, const char *restrict format, va_list args)
    __attribute__((format(scanf, 2, 0)));

void perror(const char *what);
int remove(const char *path);
int rename(const char *from, const char *to);
int renameat(int from_fd, const char *from, int to_fd, const char *to);
int renameat2(int from_fd, const char *from, int to_fd, const char *to, unsigned int flags);
char *ctermid(char *path);
