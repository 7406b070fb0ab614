/* The constants of the module, and those that C's headers have for it: values as Python on Linux
 * has them. */
/* SPDX-License-Identifier: MIT */
#include "check.h"
#include <os.h>
#include <sys/mman.h>

static void check_strings(void)
{
    CHECK_STR(os.name, "posix");
    CHECK_STR(os.curdir, ".");
    CHECK_STR(os.pardir, "..");
    CHECK_STR(os.sep, "/");
    CHECK(os.altsep == NULL);
    CHECK_STR(os.extsep, ".");
    CHECK_STR(os.pathsep, ":");
    CHECK_STR(os.linesep, "\n");
    CHECK_STR(os.defpath, "/bin:/usr/bin");
    CHECK_STR(os.devnull, "/dev/null");
}

static void check_open(void)
{
    CHECK_EQ(O_RDONLY, 0);
    CHECK_EQ(O_WRONLY, 1);
    CHECK_EQ(O_RDWR, 2);
    CHECK_EQ(O_ACCMODE, 3);
    CHECK_EQ(O_CREAT, 0100);
    CHECK_EQ(O_EXCL, 0200);
    CHECK_EQ(O_NOCTTY, 0400);
    CHECK_EQ(O_TRUNC, 01000);
    CHECK_EQ(O_APPEND, 02000);
    CHECK_EQ(O_NONBLOCK, 04000);
    CHECK_EQ(O_NDELAY, 04000);
    CHECK_EQ(O_DSYNC, 010000);
    CHECK_EQ(O_ASYNC, 020000);
    CHECK_EQ(O_DIRECT, 040000);
    CHECK_EQ(O_DIRECTORY, 0200000);
    CHECK_EQ(O_NOFOLLOW, 0400000);
    CHECK_EQ(O_NOATIME, 01000000);
    CHECK_EQ(O_CLOEXEC, 02000000);
    CHECK_EQ(O_SYNC, 04010000);
    CHECK_EQ(O_RSYNC, 04010000);
    CHECK_EQ(O_PATH, 010000000);
    CHECK_EQ(O_TMPFILE, 020200000);
    CHECK(F_OK == 0 && X_OK == 1 && W_OK == 2 && R_OK == 4);
    CHECK(SEEK_SET == 0 && SEEK_CUR == 1 && SEEK_END == 2 && SEEK_DATA == 3 && SEEK_HOLE == 4);
    CHECK(F_ULOCK == 0 && F_LOCK == 1 && F_TLOCK == 2 && F_TEST == 3);
    CHECK(POSIX_FADV_NORMAL == 0 && POSIX_FADV_RANDOM == 1 && POSIX_FADV_SEQUENTIAL == 2);
    CHECK(POSIX_FADV_WILLNEED == 3 && POSIX_FADV_DONTNEED == 4 && POSIX_FADV_NOREUSE == 5);
}

static void check_processes(void)
{
    CHECK(P_WAIT == 0 && P_NOWAIT == 1 && P_NOWAITO == 1);
    CHECK(P_ALL == 0 && P_PID == 1 && P_PGID == 2);
    CHECK(WNOHANG == 1 && WUNTRACED == 2 && WSTOPPED == 2 && WEXITED == 4 && WCONTINUED == 8);
    CHECK_EQ(WNOWAIT, 0x1000000);
    CHECK(CLD_EXITED == 1 && CLD_KILLED == 2 && CLD_DUMPED == 3 && CLD_TRAPPED == 4);
    CHECK(CLD_STOPPED == 5 && CLD_CONTINUED == 6);
    CHECK(PRIO_PROCESS == 0 && PRIO_PGRP == 1 && PRIO_USER == 2);
    CHECK(WIFEXITED(0x0300) && WEXITSTATUS(0x0300) == 3 && !WIFSIGNALED(0x0300));
    CHECK(WIFSIGNALED(9) && WTERMSIG(9) == 9 && !WCOREDUMP(9) && WCOREDUMP(0x8b));
    CHECK(WIFSTOPPED(0x137f) && WSTOPSIG(0x137f) == 19 && !WIFSIGNALED(0x137f));
    CHECK(WIFCONTINUED(0xffff) && !WIFEXITED(0xffff) && !WIFSIGNALED(0xffff));
}

static void check_files(void)
{
    CHECK(S_IFMT == 0170000 && S_IFREG == 0100000 && S_IFDIR == 040000 && S_IFLNK == 0120000);
    CHECK(S_IFIFO == 010000 && S_IFCHR == 020000 && S_IFBLK == 060000 && S_IFSOCK == 0140000);
    CHECK(S_ISUID == 04000 && S_ISGID == 02000 && S_ISVTX == 01000);
    CHECK(ST_RDONLY == 1 && ST_NOSUID == 2 && ST_NODEV == 4 && ST_NOEXEC == 8);
    CHECK(PATH_MAX == 4096 && NAME_MAX == 255);
    CHECK(_PC_NAME_MAX == 3 && _PC_PATH_MAX == 4 && _PC_LINK_MAX == 0);
    CHECK(_SC_PAGESIZE == 30 && _SC_CLK_TCK == 2 && _SC_OPEN_MAX == 4 &&
          _SC_NPROCESSORS_ONLN == 84);
}

/* Both spellings are one function; the environment is one variable. */
static void check_symbols(void)
{
    CHECK(os.mkdir == os_mkdir);
    CHECK(os.path.join == os_path_join);
    CHECK(os.getenv == os_getenv);
    CHECK(os.environ == environ);
    char **saved = environ, *none[] = {"ONLY=1", NULL};
    environ = none;
    CHECK(os.environ == none);
    CHECK_STR(os.getenv("ONLY", NULL), "1");
    environ = saved;
}

int main(void)
{
    check_strings();
    check_open();
    check_processes();
    check_files();
    check_symbols();
    return check_done();
}
