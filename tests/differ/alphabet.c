/* The operations on files that programs are made of, all of them numbered. Level 3 are those of
 * which all programs of three operations are made; levels 3 and 2 make those of two, all make those
 * of one. */
/* SPDX-License-Identifier: MIT */
#include "differ.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

enum { MAX_OPS = 32768, NOREPLACE = 1, EXCHANGE = 2 };

struct op ops[MAX_OPS];
static int n_ops, n_at_level[4];
static int level_wanted; /* emit() keeps operations of this level */
static uint16_t of_kind[N_KINDS][MAX_OPS];
static int n_of_kind[N_KINDS];

const char *const kind_names[N_KINDS] = {
    "mkdir",   "rmdir",    "unlink",    "rename",   "link",      "symlink", "open",   "chdir",
    "fchdir",  "getcwd",   "listdir",   "list",     "stat",      "lstat",   "access", "readlink",
    "chmod",   "chown",    "lchown",    "truncate", "mknod",     "umask",   "close",  "dup",
    "read",    "write",    "lseek",     "fstat",    "ftruncate", "fchmod",  "fchown", "openat",
    "mkdirat", "unlinkat", "renameat2", "linkat",
};

/* The world has a/, a/d/, a/f, f, l -> a; worlds of one- and two-operation programs also m -> x and
 * o -> o. The others are not there, or other ways to say the same. */
static char long_name[256], too_long[257];
static const char *const small_names[] = {"a", "f", "l", "x", "a/f", "a/d", "a/x"};
static const char *const names[] = {
    ".",    "..",  "a/",  "l/",   "x/",    "f/",      "l/x",    "m",    "a/d/x",  "",
    "/",    "o",   "./f", "a/.",  "a//f",  "a/..",    "x/x",    "f/x",  "m/",     "m/x",
    "l/..", "l/f", "l/d", "o/x",  "a/d/.", "a/d/..",  "../a",   "/a/f", "a/../f", "f/.",
    "f/..", "x/.", "//",  "a/x/", "a/d/",  long_name, too_long,
};
enum { N_SMALL = 7, N_NAMES = sizeof(names) / sizeof(names[0]), N_LEVEL_2 = 8 };

static void emit(int level, struct op op)
{
    if (level == level_wanted && n_ops < MAX_OPS) {
        of_kind[op.kind][n_of_kind[op.kind]++] = (uint16_t)n_ops;
        ops[n_ops++] = op;
    }
}

/* True if the word is in the list of words. */
static bool listed(const char *list, const char *word)
{
    size_t n = strlen(word);
    for (const char *at = list; n && (at = strstr(at, word)); at += n)
        if ((at == list || at[-1] == ' ') && (at[n] == ' ' || !at[n]))
            return true;
    return false;
}

/* An operation on each name: level 3 for those listed, else `level` for the simple ones. */
static void unary(enum kind kind, long a, long b, int level, const char *three)
{
    for (int i = 0; i < N_SMALL; i++)
        emit(listed(three, small_names[i]) ? 3 : level,
             (struct op){kind, small_names[i], NULL, a, b});
    for (int i = 0; i < N_NAMES; i++)
        emit(listed(three, names[i])       ? 3
             : level == 2 && i < N_LEVEL_2 ? 2
                                           : 1,
             (struct op){kind, names[i], NULL, a, b});
}

/* An operation on each pair of names: level 3 for those listed as "p>q". */
static void binary(enum kind kind, long a, int level, const char *three)
{
    for (int i = 0; i < N_SMALL + N_NAMES; i++)
        for (int j = 0; j < N_SMALL + N_NAMES; j++) {
            const char *p = i < N_SMALL ? small_names[i] : names[i - N_SMALL];
            const char *q = j < N_SMALL ? small_names[j] : names[j - N_SMALL];
            char both[600];
            strcpy(both, p);
            strcat(both, ">");
            strcat(both, q);
            emit(listed(three, both)          ? 3
                 : i < N_SMALL && j < N_SMALL ? level
                                              : 1,
                 (struct op){kind, p, q, a, 0});
        }
}

static void emit_names(void)
{
    unary(MKDIR, 0755, 0, 2, "x a/x f l a/d/x");
    unary(MKDIR, 01700, 0, 1, "");
    unary(RMDIR, 0, 0, 2, "a a/d x f l a/x .");
    unary(UNLINK, 0, 0, 2, "a/f f l a x");
    unary(CHDIR, 0, 0, 2, "a a/d .. x l f");
    unary(LISTDIR, 0, 0, 2, "a . l");
    unary(STAT, 0, 0, 1, "f l a/x");
    unary(LSTAT, 0, 0, 2, "l a a/f");
    unary(READLINK, 0, 0, 1, "l f");
    for (int may = 0; may < 8; may++)
        unary(ACCESS, may, 0, 1, "");
    binary(RENAME, 0, 2,
           "a>f a>x a>a/d a>a a>l f>a f>x f>l f>a/f f>a/x f>a/d l>f l>x l>a l>a/d x>f x>a "
           "a/f>f a/f>x a/f>a/d a/d>a a/d>x a/d>a/x a/d>l a/x>x a/x>a a/x>f a/d>a/f "
           "a/f>l f>f x>l a/d>f a/d>a/d l>a/x l>f x>a/x");
    binary(RENAME, NOREPLACE, 1, "a>x f>a f>x a>a/x x>f");
    binary(RENAME, EXCHANGE, 1, "a>f f>l a>a/d f>a/f f>a/d a>x l>a/d a>l a/f>a/d a>a");
    binary(RENAME, NOREPLACE | EXCHANGE, 1, "");
    binary(RENAME, 8, 1, "");
    binary(LINK, 0, 1, "f>x f>a/x f>f a>x l>x l>a/x a/f>x a/f>f x>a/x a/f>a/x f>l");
    binary(LINK, AT_SYMLINK_FOLLOW, 1, "");
    binary(SYMLINK, 0, 1, "a>x f>a/x x>a/x x>l a/x>x");
}

static void emit_opens(void)
{
    static const int flags[] = {
        O_RDWR,
        O_RDWR | O_APPEND,
        O_RDONLY | O_TRUNC,
        O_CREAT | O_TRUNC | O_WRONLY,
        O_NOFOLLOW,
        O_DIRECTORY | O_NOFOLLOW,
        O_DIRECTORY | O_RDWR,
        O_PATH,
        O_PATH | O_NOFOLLOW,
        O_PATH | O_DIRECTORY,
        O_TMPFILE | O_RDWR,
        O_TMPFILE | O_RDONLY,
        O_CREAT | O_NOFOLLOW | O_WRONLY,
        O_CREAT | O_EXCL | O_RDWR | O_TRUNC,
        O_NOATIME,
        3,
        O_WRONLY | O_APPEND | O_TRUNC,
    };
    unary(OPEN, O_RDONLY, 0644, 2, "a f a/d a/f .");
    unary(OPEN, O_CREAT | O_WRONLY, 0644, 2, "x a/x l a/f");
    unary(OPEN, O_CREAT | O_EXCL | O_WRONLY, 0600, 1, "x f l");
    unary(OPEN, O_WRONLY | O_TRUNC, 0, 1, "f a/f");
    unary(OPEN, O_DIRECTORY, 0, 1, "l f");
    for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++)
        unary(OPEN, flags[i], 0606, 1, "");
}

static void emit_attributes(void)
{
    static const int modes[] = {0777, 0500, 0300, 01777, 04755, 02755, 06711, 02644, 0177777};
    static const int owners[][2] = {{1000, 1000}, {1001, -1}, {-1, 1001},
                                    {-1, 1002},   {0, 0},     {-1, -1}};
    unary(CHMOD, 0, 0, 1, "a f");
    for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]); i++)
        unary(CHMOD, modes[i], 0, 1, modes[i] == 0500 ? "a" : modes[i] == 0777 ? "a/f" : "");
    for (size_t i = 0; i < sizeof(owners) / sizeof(owners[0]); i++) {
        unary(CHOWN, owners[i][0], owners[i][1], 1, owners[i][0] == 1000 ? "f" : "");
        unary(LCHOWN, owners[i][0], owners[i][1], 1, "");
    }
    unary(TRUNCATE, 1, 0, 1, "f a");
    unary(TRUNCATE, 0, 0, 1, "");
    unary(TRUNCATE, 5000, 0, 1, "a/f x");
    unary(TRUNCATE, -1, 0, 1, "");
    unary(MKNOD, S_IFREG | 0640, 0, 1, "");
    unary(MKNOD, S_IFIFO | 0666, 0, 1, "");
    unary(MKNOD, S_IFCHR | 0666, 0x103, 1, "");
    unary(MKNOD, S_IFDIR | 0666, 0, 1, "");
}

/* Operations on the first descriptors that a program opens. */
static void emit_descriptors(void)
{
    emit(3, (struct op){.kind = GETCWD});
    emit(1, (struct op){.kind = UMASK, .a = 0});
    emit(2, (struct op){.kind = UMASK, .a = 077});
    for (int fd = 3; fd < 6; fd++) {
        int level = fd == 3 ? 3 : 1, lower = fd == 3 ? 2 : 1;
        emit(level, (struct op){.kind = FCHDIR, .a = fd});
        emit(level, (struct op){.kind = FD_LIST, .a = fd});
        emit(level, (struct op){.kind = WRITE, .a = fd, .b = 5});
        emit(level, (struct op){.kind = MKDIR_AT, .a = fd, .p = "x"});
        emit(level, (struct op){.kind = CLOSE, .a = fd});
        emit(lower, (struct op){.kind = DUP, .a = fd});
        emit(level, (struct op){.kind = READ, .a = fd, .b = 2});
        emit(1, (struct op){.kind = WRITE, .a = fd, .b = 9000});
        emit(1, (struct op){.kind = LSEEK, .a = fd, .b = 7000});
        emit(1, (struct op){.kind = LSEEK, .a = fd, .b = -1});
        emit(level, (struct op){.kind = FSTAT, .a = fd});
        emit(level, (struct op){.kind = FTRUNCATE, .a = fd, .b = 2});
        emit(1, (struct op){.kind = FTRUNCATE, .a = fd, .b = 6000});
        emit(lower, (struct op){.kind = FCHMOD, .a = fd, .b = 0100});
        emit(1, (struct op){.kind = FCHMOD, .a = fd, .b = 06777});
        emit(1, (struct op){.kind = FCHOWN, .a = fd, .b = 1001});
        emit(level, (struct op){.kind = UNLINK_AT, .a = fd, .p = "f"});
        emit(1, (struct op){.kind = UNLINK_AT, .a = fd, .p = "d", .b = AT_REMOVEDIR});
        emit(1, (struct op){.kind = OPEN_AT, .a = fd, .p = "f", .b = O_RDWR});
        emit(1, (struct op){.kind = OPEN_AT, .a = fd, .p = "x", .b = O_CREAT | O_RDWR});
        emit(1, (struct op){.kind = OPEN_AT, .a = fd, .p = "..", .b = O_RDONLY});
        emit(1, (struct op){.kind = RENAME_AT, .a = fd, .p = "f", .q = "y"});
        emit(1, (struct op){.kind = RENAME_AT, .a = fd, .p = "d", .q = "f"});
        emit(1, (struct op){.kind = RENAME_AT, .a = fd, .p = "f", .q = "/f", .b = EXCHANGE});
        emit(1, (struct op){.kind = LINK_FD, .a = fd, .q = "y"});
    }
}

void alphabet_start(void)
{
    memset(long_name, 'L', 255);
    memset(too_long, 'M', 256);
    for (level_wanted = 3; level_wanted > 0; level_wanted--) {
        emit_names();
        emit_opens();
        emit_attributes();
        emit_descriptors();
        n_at_level[level_wanted] = n_ops;
    }
}

int alphabet_size(int length)
{
    return n_at_level[length];
}

static bool is_small(const char *name)
{
    for (int i = 0; i < N_SMALL; i++)
        if (name == small_names[i])
            return true;
    return !name;
}

/* Names that lead somewhere more often than the odd ones, calls that change them more often than
 * the others; descriptors are of use only after some opens. */
const struct op *random_op(void)
{
    uint32_t kind = chance(2) ? chance(OPEN + 1) : chance(N_KINDS);
    const struct op *op;
    int tries = 0;
    do {
        op = &ops[of_kind[kind][chance((uint32_t)n_of_kind[kind])]];
    } while (++tries < 40 && chance(12) &&
             (!is_small(op->p) || !is_small(op->q) || (op->kind >= CLOSE && op->a > 3)));
    return op;
}
