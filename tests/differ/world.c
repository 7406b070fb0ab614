/* The small world of names in which programs of file operations run: made afresh for each, told and
 * taken away afterwards. It is the root directory, so that every name in it is the same everywhere.
 */
/* SPDX-License-Identifier: MIT */
#include "differ.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MAX_NAMES = 64, MAX_INODES = 256, ALL_DESCRIPTORS = 1024 };

static unsigned long inodes[MAX_INODES]; /* the files met so far, in order */
static int n_inodes;

/* A root of our own, below TMPDIR, which is a file system in memory. */
void world_enter(int worker)
{
    char folder[64];
    const char *above = getenv("TMPDIR");
    snprintf(folder, sizeof(folder), "%s/world-%d", above ? above : "/tmp", worker);
    if (mkdir(folder, 0777) || chroot(folder) || chdir("/")) {
        perror(folder);
        exit(2);
    }
    chmod("/", 0777);
    gid_t group = 1000;
    if (setgroups(1, &group)) {
        perror("setgroups");
        exit(2);
    }
}

static void become(unsigned id)
{
    CALL(setresgid, -1, id, -1);
    CALL(setresuid, -1, id, -1);
}

/* The user may not take a/f out of a, which is root's and sticky, and may not read it. */
void world_make(bool as_user, bool rich)
{
    n_inodes = 0;
    CALL(umask, 0);
    CALL(mkdir, "/a", 01777);
    CALL(mknod, "/a/f", S_IFREG | 0640, 0);
    if (as_user)
        become(1001);
    CALL(mkdir, "/a/d", 0755);
    long fd = CALL(open, "/f", O_CREAT | O_WRONLY, 0644);
    CALL(write, fd, "fff", 3);
    CALL(close, fd);
    CALL(symlink, "a", "/l");
    if (rich) {
        CALL(symlink, "x", "/m");
        CALL(symlink, "o", "/o");
    }
    CALL(umask, 022);
}

/* ---- Telling ---- */

/* Files are known by the order in which they are met. */
static long inode_number(unsigned long ino)
{
    int i = 0;
    while (i < n_inodes && inodes[i] != ino)
        i++;
    if (i == n_inodes && n_inodes < MAX_INODES)
        inodes[n_inodes++] = ino;
    return i;
}

void tell_stat(const void *of)
{
    const struct stat *s = of;
    tell("file", inode_number(s->st_ino));
    show(" mode %o", s->st_mode);
    tell("", s->st_mode);
    tell("links", (long)s->st_nlink);
    tell("uid", s->st_uid);
    tell("gid", s->st_gid);
    tell("size", s->st_size);
    tell("blocks", s->st_blocks);
    tell("device", (long)s->st_rdev);
}

/* A directory entry as getdents64 gives it. */
struct record {
    uint64_t ino;
    int64_t off;
    uint16_t length;
    uint8_t type;
    char name[];
};

static int by_name(const void *a, const void *b)
{
    return strcmp((*(struct record *const *)a)->name, (*(struct record *const *)b)->name);
}

/* Reads a directory whole; the number of entries or -errno. */
static int read_directory(int fd, char *buf, size_t size, struct record **records)
{
    int n = 0;
    long got;
    size_t used = 0;
    while ((got = CALL(getdents64, fd, buf + used, size - used)) > 0)
        used += (size_t)got;
    if (got < 0)
        return (int)got;
    for (size_t at = 0; at < used && n < MAX_NAMES; at += records[n++]->length)
        records[n] = (struct record *)(buf + at);
    qsort(records, (size_t)n, sizeof(*records), by_name);
    return n;
}

void tell_listing(int fd)
{
    static char buf[16384];
    struct record *records[MAX_NAMES];
    int n = read_directory(fd, buf, sizeof(buf), records);
    tell("entries", n);
    for (int i = 0; i < n; i++) {
        tell_bytes("", records[i]->name, strlen(records[i]->name));
        tell("type", records[i]->type);
    }
}

static void tell_contents(int dir, const char *name)
{
    static char bytes[16384];
    long fd = CALL(openat, dir, name, O_RDONLY | O_NONBLOCK);
    long n = CALL(read, fd, bytes, sizeof(bytes));
    if (n > 0)
        tell_bytes("has", bytes, (size_t)n);
    else
        tell("has", n);
    CALL(close, fd);
}

/* Tells all below a directory and removes it. */
static void clear_directory(int fd, bool contents)
{
    enum { ROOM = 8192 };
    char *buf = malloc(ROOM);
    struct record *records[MAX_NAMES];
    int n = read_directory(fd, buf, ROOM, records);
    for (int i = 0; i < n; i++) {
        const char *name = records[i]->name;
        struct stat s;
        if (name[0] == '.' && (!name[1] || (name[1] == '.' && !name[2])))
            continue;
        memset(&s, 0, sizeof(s));
        tell("lstat", CALL(newfstatat, fd, name, &s, AT_SYMLINK_NOFOLLOW));
        tell_bytes("name", name, strlen(name));
        tell_stat(&s);
        if (contents && S_ISREG(s.st_mode) && s.st_size > 0)
            tell_contents(fd, name);
        if (S_ISLNK(s.st_mode)) {
            char target[300];
            long length = CALL(readlinkat, fd, name, target, sizeof(target));
            tell_bytes("to", target, length > 0 ? (size_t)length : 0);
        }
        show("\n");
        if (S_ISDIR(s.st_mode)) {
            long child = CALL(openat, fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
            show("  in %s:\n", name);
            clear_directory((int)child, contents);
            CALL(close, child);
            show("  up\n");
        }
        CALL(unlinkat, fd, name, S_ISDIR(s.st_mode) ? AT_REMOVEDIR : 0);
    }
    free(buf);
}

void world_tell_and_clear(bool contents)
{
    struct stat s;
    become(0);
    CALL(close_range, 3, ALL_DESCRIPTORS, 0);
    CALL(chdir, "/");
    memset(&s, 0, sizeof(s));
    CALL(stat, "/", &s);
    tell_stat(&s);
    show("\n");
    if ((s.st_mode & 07777) != 0777)
        CALL(chmod, "/", 0777);
    if (s.st_uid || s.st_gid)
        CALL(chown, "/", 0, 0);
    long fd = CALL(open, "/", O_RDONLY | O_DIRECTORY);
    clear_directory((int)fd, contents);
    CALL(close, fd);
}
