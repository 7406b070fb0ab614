/* Programs of file operations: all of one, two and three operations, and random longer ones. */
/* SPDX-License-Identifier: MIT */
#include "differ.h"

#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { RANDOM_BLOCK = 100, RANDOM_BLOCKS = 1000000, MAX_RANDOM = 40, NONBLOCK = O_NONBLOCK };

static bool acts_as_user;

static long run_stat(const struct op *op)
{
    struct stat s;
    memset(&s, 0, sizeof(s));
    long result = op->kind == STAT    ? CALL(stat, op->p, &s)
                  : op->kind == LSTAT ? CALL(lstat, op->p, &s)
                                      : CALL(fstat, op->a, &s);
    if (!result)
        tell_stat(&s);
    return result;
}

static long run_list(const char *path)
{
    long fd = CALL(open, path, O_RDONLY | O_DIRECTORY);
    if (fd >= 0) {
        tell_listing((int)fd);
        CALL(close, fd);
    }
    return fd;
}

/* A call that gives bytes. */
static long run_bytes(const struct op *op)
{
    static char bytes[8192];
    long n = op->kind == GETCWD     ? CALL(getcwd, bytes, sizeof(bytes))
             : op->kind == READLINK ? CALL(readlink, op->p, bytes, sizeof(bytes))
                                    : CALL(read, op->a, bytes, op->b);
    if (n > 0)
        tell_bytes("gives", bytes, (size_t)n);
    return n;
}

static long run_path_call(const struct op *op)
{
    switch (op->kind) {
    case MKDIR: return CALL(mkdir, op->p, op->a);
    case RMDIR: return CALL(rmdir, op->p);
    case UNLINK: return CALL(unlink, op->p);
    case RENAME: return CALL(renameat2, AT_FDCWD, op->p, AT_FDCWD, op->q, op->a);
    case LINK: return CALL(linkat, AT_FDCWD, op->p, AT_FDCWD, op->q, op->a);
    case SYMLINK: return CALL(symlink, op->p, op->q);
    case OPEN: return CALL(open, op->p, op->a | NONBLOCK, op->b);
    case CHDIR: return CALL(chdir, op->p);
    case LISTDIR: return run_list(op->p);
    case STAT:
    case LSTAT: return run_stat(op);
    case ACCESS: return CALL(access, op->p, op->a);
    case READLINK: return run_bytes(op);
    case CHMOD: return CALL(chmod, op->p, op->a);
    case CHOWN: return CALL(chown, op->p, op->a, op->b);
    case LCHOWN: return CALL(lchown, op->p, op->a, op->b);
    case TRUNCATE: return CALL(truncate, op->p, op->a);
    default: return CALL(mknod, op->p, op->a, op->b);
    }
}

static long run_descriptor_call(const struct op *op)
{
    static const char bytes[16384] = "written";
    switch (op->kind) {
    case FCHDIR: return CALL(fchdir, op->a);
    case GETCWD:
    case READ: return run_bytes(op);
    case FD_LIST: /* other places in a directory than its start are each file system's own */
        CALL(lseek, op->a, 0, SEEK_SET);
        tell_listing((int)op->a);
        return 0;
    case UMASK: return CALL(umask, op->a);
    case CLOSE: return CALL(close, op->a);
    case DUP: return CALL(dup, op->a);
    case WRITE: return CALL(write, op->a, bytes, op->b);
    case LSEEK: return CALL(lseek, op->a, op->b, op->b < 0 ? 2 : 0);
    case FSTAT: return run_stat(op);
    case FTRUNCATE: return CALL(ftruncate, op->a, op->b);
    case FCHMOD: return CALL(fchmod, op->a, op->b);
    case FCHOWN: return CALL(fchown, op->a, op->b, -1);
    case OPEN_AT: return CALL(openat, op->a, op->p, op->b | NONBLOCK, 0644);
    case MKDIR_AT: return CALL(mkdirat, op->a, op->p, 0755);
    case UNLINK_AT: return CALL(unlinkat, op->a, op->p, op->b);
    case RENAME_AT: return CALL(renameat2, op->a, op->p, op->a, op->q, op->b);
    default: /* from Linux 6.10 on also for a user, if he opened the file himself: not compared */
        return acts_as_user ? 0 : CALL(linkat, op->a, "", AT_FDCWD, op->q, AT_EMPTY_PATH);
    }
}

static void run_op(const struct op *op)
{
    bool on_path = op->p && op->kind < FSTAT;
    show("%s(", kind_names[op->kind]);
    if (op->p)
        show("%.20s, ", *op->p ? op->p : "\"\"");
    if (op->q)
        show("%.20s, ", *op->q ? op->q : "\"\"");
    show("0%lo, %ld):", op->a, op->b);
    tell("result", on_path ? run_path_call(op) : run_descriptor_call(op));
    show("\n");
}

static void start(int length, bool as_user, int worker)
{
    (void)length;
    acts_as_user = as_user;
    signal(SIGPIPE, SIG_IGN);
    alphabet_start();
    world_enter(worker);
}

static long n_blocks(int length)
{
    return length == 0 ? RANDOM_BLOCKS : length == 1 ? 1 : alphabet_size(length);
}

static long block_size(int length)
{
    long n = alphabet_size(length);
    return length == 0 ? RANDOM_BLOCK : length < 3 ? n : n * n;
}

/* Of several operations, the block is the first; the number of the program says the others. */
static void run(int length, long block, long program)
{
    long n = alphabet_size(length);
    world_make(acts_as_user, length < 3);
    if (length == 0) {
        chance_start((uint64_t)(block * RANDOM_BLOCK + program));
        for (uint32_t left = 4 + chance(MAX_RANDOM - 4); left > 0; left--)
            run_op(random_op());
    } else {
        if (length > 1)
            run_op(&ops[block]);
        if (length > 2)
            run_op(&ops[program / n]);
        run_op(&ops[program % n]);
    }
    world_tell_and_clear(length < 3);
}

const struct subject files = {
    .name = "files",
    .start = start,
    .n_blocks = n_blocks,
    .block_size = block_size,
    .run = run,
};
