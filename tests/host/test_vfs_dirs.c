/* Directories: a million entries, listings that miss and repeat nothing while entries come and go,
 * and calls that fail at each of their allocations without a trace. */
/* SPDX-License-Identifier: MIT */
#include <string.h>
#include <time.h>

#include "abi/dirent.h"
#include "abi/errno.h"
#include "abi/fcntl.h"
#include "syscall_calls.h"
#include "tap.h"
#include "vfs/shim.h"

static struct fs_context fs;
static uint64_t state = 1;

static uint32_t chance(uint32_t n)
{
    state = state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(state >> 33) % n;
}

static double now_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static const char *name_of(uint32_t i)
{
    static char name[40];
    snprintf(name, sizeof(name), i % 7 ? "/d/f%u" : "/d/a-long-name-of-a-file-%u", i);
    return name;
}

static int create(uint32_t i)
{
    return (int)sys_mknod(&fs, name_of(i), S_IFREG | 0644, 0);
}

/* ---- A million ---- */

#define MANY 1000000u

static void test_million(void)
{
    struct stat st;
    bool good = true;
    shim_start(&fs);
    sys_mkdir(&fs, "/d", 0755);
    double start = now_us();
    for (uint32_t i = 0; good && i < MANY; i++)
        good = create(i) == 0;
    ok(good, "a million files made");
    double made = now_us();
    for (uint32_t i = 0; good && i < MANY; i++)
        good = sys_stat(&fs, name_of(i), uaddr((uint64_t)&st)) == 0;
    ok(good, "all found");
    double found = now_us();
    static char buf[65536];
    long n, listed = 0;
    long fd = sys_open(&fs, "/d", O_RDONLY | O_DIRECTORY, 0);
    while ((n = sys_getdents64(&fs, (int)fd, uaddr((uint64_t)buf), sizeof(buf))) > 0)
        for (long at = 0; at < n; at += ((struct linux_dirent64 *)(buf + at))->d_reclen)
            listed++;
    ok(n == 0 && listed == MANY + 2, "all listed once: %ld", listed);
    sys_close(&fs, (int)fd);
    double list = now_us();
    for (uint32_t i = 0; good && i < MANY; i++)
        good = sys_unlink(&fs, name_of(i)) == 0;
    ok(good && sys_rmdir(&fs, "/d") == 0, "all removed");
    printf("# us each: make %.2f, find %.2f, list %.2f, remove %.2f\n", (made - start) / MANY,
           (found - made) / MANY, (list - found) / MANY, (now_us() - list) / MANY);
    shim_end(&fs);
    ok(shim_objects == 0, "nothing is left of them");
}

/* ---- Listing while entries come and go ---- */

#define SOME 400u

static bool present[SOME], stayed[SOME];
static int seen[SOME];

/* Adds or removes some files; what is removed has not stayed. */
static void change_some(void)
{
    for (uint32_t n = chance(12); n > 0; n--) {
        uint32_t i = chance(SOME);
        if (present[i]) {
            sys_unlink(&fs, name_of(i));
            present[i] = stayed[i] = false;
        } else if (create(i) == 0) {
            present[i] = true;
        }
    }
}

/* One listing in small steps with changes in between: each that stayed is seen once. */
static bool list_once(int fd)
{
    char buf[160];
    long n;
    memcpy(stayed, present, sizeof(stayed));
    memset(seen, 0, sizeof(seen));
    sys_lseek(&fs, fd, 0, SEEK_SET);
    while ((n = sys_getdents64(&fs, fd, uaddr((uint64_t)buf), sizeof(buf))) > 0) {
        for (long at = 0; at < n; at += ((struct linux_dirent64 *)(buf + at))->d_reclen) {
            const char *digits =
                strpbrk(((struct linux_dirent64 *)(buf + at))->d_name, "0123456789");
            if (digits)
                seen[atoi(digits)]++;
        }
        change_some();
    }
    for (uint32_t i = 0; i < SOME; i++)
        if (stayed[i] && seen[i] != 1)
            return false;
    return n == 0;
}

static void test_listing(void)
{
    bool good = true;
    shim_start(&fs);
    sys_mkdir(&fs, "/d", 0755);
    int fd = (int)sys_open(&fs, "/d", O_RDONLY | O_DIRECTORY, 0);
    for (int round = 0; good && round < 500; round++)
        good = list_once(fd);
    ok(good, "500 listings amid changes: what stays is seen once");
    shim_end(&fs);
    ok(shim_objects == 0, "nothing is left");
}

/* ---- Allocations that fail ---- */

static long do_mkdir(void)
{
    return sys_mkdir(&fs, "/w/new-directory-with-a-long-name", 0755);
}
static long do_create(void)
{
    long fd = sys_open(&fs, "/w/new", O_CREAT | O_RDWR, 0644);
    return fd < 0 ? fd : sys_close(&fs, (int)fd);
}
static long do_symlink(void)
{
    return sys_symlink(
        &fs, "a target that is longer than the inode has room for, so it needs a block", "/w/new");
}
static long do_link(void)
{
    return sys_link(&fs, "/w/file", "/w/another-name-of-the-same-file");
}
static long do_rename(void)
{
    return sys_rename(&fs, "/w/file", "/w/dir/a-name-that-needs-a-block-of-its-own");
}
static long do_exchange(void)
{
    return sys_renameat2(&fs, AT_FDCWD, "/w/file", AT_FDCWD, "/w/dir", RENAME_EXCHANGE);
}
static long do_write(void)
{
    static char data[9000];
    long fd = sys_open(&fs, "/w/file", O_WRONLY, 0);
    if (fd < 0)
        return fd;
    long n = sys_write(&fs, (int)fd, uaddr((uint64_t)data), sizeof(data));
    sys_ftruncate(&fs, (int)fd, 0);
    sys_close(&fs, (int)fd);
    return n == sizeof(data) ? 0 : n < 0 ? n : -ENOSPC;
}
static long do_walk(void)
{
    struct stat st;
    return sys_stat(&fs, "/w/link/link/file", uaddr((uint64_t)&st));
}
static long do_dup(void)
{
    long fd = sys_open(&fs, "/w/file", O_RDONLY, 0);
    if (fd < 0)
        return fd;
    long to = sys_dup2(&fs, (int)fd, 200);
    sys_close(&fs, (int)fd);
    return to < 0 ? to : sys_close(&fs, 200);
}
static long do_fork(void)
{
    struct fs_context child;
    int err = fs_context_copy(&child, &fs, fs.process, false, false);
    if (!err)
        fs_context_release(&child);
    return err;
}

static void build_world(void)
{
    shim_start(&fs);
    sys_mkdir(&fs, "/w", 0755);
    sys_mkdir(&fs, "/w/dir", 0755);
    sys_mknod(&fs, "/w/file", S_IFREG | 0644, 0);
    sys_symlink(&fs, "/w/../w", "/w/link");
}

/* Runs the call with its 1st, 2nd, 3rd ... allocation failing until it succeeds; each failure must
 * leave nothing behind and be one of memory. */
static void test_failing(const char *name, long (*call)(void))
{
    build_world();
    long result = -ENOMEM;
    int tries = 0;
    bool clean = true;
    for (; result < 0 && tries < 100; tries++) {
        long objects = shim_objects, frames = shim_frames;
        shim_allocations_left = tries;
        result = call();
        shim_allocations_left = -1;
        if (result < 0)
            clean &= shim_objects == objects && shim_frames == frames &&
                     (result == -ENOMEM || result == -ENOSPC || result == -ENFILE);
    }
    ok(clean && result == 0, "%s: fails cleanly %d times, then succeeds", name, tries - 1);
    shim_end(&fs);
}

int main(void)
{
    test_listing();
    test_failing("mkdir", do_mkdir);
    test_failing("create", do_create);
    test_failing("symlink", do_symlink);
    test_failing("link", do_link);
    test_failing("rename", do_rename);
    test_failing("exchange", do_exchange);
    test_failing("write", do_write);
    test_failing("walk", do_walk);
    test_failing("dup2", do_dup);
    test_failing("fork", do_fork);
    test_million();
    return tap_done();
}
