/* The differential tests: programs by number, run in a small world, told as a hash or as text. The
 * same static program runs on Linux and on Ouros; tests/differ/differ.t lays the two side by side.
 */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/syscall.h>

/* ---- Calls as the kernel answers them: a result or -errno ---- */

static inline long call(long number, long a, long b, long c, long d, long e)
{
    register long r10 __asm__("r10") = d;
    register long r8 __asm__("r8") = e;
    register long r9 __asm__("r9") = 0;
    long result;
    __asm__ volatile("syscall"
                     : "=a"(result)
                     : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9)
                     : "rcx", "r11", "memory");
    return result;
}
#define CALL_(name, a, b, c, d, e, ...) \
    call(SYS_##name, (long)(a), (long)(b), (long)(c), (long)(d), (long)(e))
#define CALL(name, ...) CALL_(name, __VA_ARGS__, 0, 0, 0, 0, 0)

/* ---- What is told about a program (tell.c) ---- */

extern bool showing; /* as text too */

void tell_start(void);
uint64_t tell_hash(void);
void tell(const char *what, long value);
void tell_bytes(const char *what, const void *bytes, size_t n);
void show(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* A repeatable chance, 0 to n - 1, from a seed. */
void chance_start(uint64_t seed);
uint32_t chance(uint32_t n);

/* ---- A subject: how its programs are numbered and run ---- */

/* Blocks of programs; all programs of a block are run one after the other. */
struct subject {
    const char *name;
    /* Sets up for programs of that many operations (0: random ones); `who` is root or user. */
    void (*start)(int length, bool as_user, int worker);
    long (*n_blocks)(int length);
    long (*block_size)(int length);
    /* Runs one program and tells all that it saw. */
    void (*run)(int length, long block, long program);
};
extern const struct subject files, jobs, images;

/* ---- Operations on files (alphabet.c) ---- */

enum kind {
    MKDIR,
    RMDIR,
    UNLINK,
    RENAME,
    LINK,
    SYMLINK,
    OPEN,
    CHDIR,
    FCHDIR,
    GETCWD,
    LISTDIR,
    FD_LIST,
    STAT,
    LSTAT,
    ACCESS,
    READLINK,
    CHMOD,
    CHOWN,
    LCHOWN,
    TRUNCATE,
    MKNOD,
    UMASK,
    CLOSE,
    DUP,
    READ,
    WRITE,
    LSEEK,
    FSTAT,
    FTRUNCATE,
    FCHMOD,
    FCHOWN,
    OPEN_AT,
    MKDIR_AT,
    UNLINK_AT,
    RENAME_AT,
    LINK_FD,
    N_KINDS
};

/* One operation with its arguments. */
struct op {
    enum kind kind;
    const char *p, *q; /* paths */
    long a, b;         /* flags, modes, lengths, owners, descriptors */
};

extern struct op ops[];
extern const char *const kind_names[N_KINDS];

void alphabet_start(void);
/* How many operations programs of that length are made of: always the first ones of ops[]. */
int alphabet_size(int length);
const struct op *random_op(void);

/* ---- The world of names (world.c) ---- */

void world_enter(int worker);
void world_make(bool as_user, bool rich);
void world_tell_and_clear(bool contents);
void tell_listing(int fd);
void tell_stat(const void *stat);
