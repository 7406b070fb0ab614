/* Which descriptors a new program gets (PEP 446): none that os made, but for os.dup2's and those
 * that were made inheritable. The program runs itself again to look.
 * needs: procfs */
/* SPDX-License-Identifier: MIT */
#include "check.h"
#include <os.h>

static char self[PATH_MAX];

/* In the new program: which of the descriptors in argv[2...] are open, as bits. */
static int look(char **argv)
{
    int bits = 0;
    for (int i = 2; argv[i]; i++)
        bits |= (fcntl(atoi(argv[i]), F_GETFD) != -1) << (i - 2);
    return bits;
}

/* What the descriptor is in a program started by execv: true if it is open there. */
static bool open_after_exec(int fd)
{
    char number[16];
    snprintf(number, sizeof number, "%d", fd);
    char *const args[] = {"inherit", "look", number, NULL};
    return os.spawnv(P_WAIT, self, args) == 1;
}

static void check_private(int fd, const char *what)
{
    char line[100];
    snprintf(line, sizeof line, "%s: not inheritable", what);
    check_eq(os.get_inheritable(fd), 0, line, __FILE__, __LINE__);
    snprintf(line, sizeof line, "%s: closed in the new program", what);
    check_true(fd >= 0 && !open_after_exec(fd), line, __FILE__, __LINE__);
    os.close(fd);
}

int main(int argc, char **argv)
{
    if (argc > 2 && strcmp(argv[1], "look") == 0)
        return look(argv);
    ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);
    CHECK(n > 0);
    check_private(os.open("file", O_RDWR | O_CREAT, 0666), "os.open");
    check_private(os.open("file", O_RDWR), "os.open of a file that is there");
    check_private(os.dup(0), "os.dup");
    struct os_pipe_result p = os.pipe();
    check_private(p.r, "os.pipe's r");
    check_private(p.w, "os.pipe's w");
    p = os.pipe2(O_CLOEXEC);
    check_private(p.r, "os.pipe2's r with O_CLOEXEC");
    check_private(p.w, "os.pipe2's w with O_CLOEXEC");
    FILE *file = os.popen("true", "r");
    CHECK_EQ(os.get_inheritable(fileno(file)), 0);
    CHECK_EQ(os.pclose(file), 0);

    int fd = os.open("file", O_RDONLY);
    CHECK_EQ(os.dup2(fd, 60), 60);
    CHECK_EQ(os.get_inheritable(60), 1);
    CHECK(open_after_exec(60));
    CHECK_OK(os.set_inheritable(60, false));
    CHECK_EQ(os.get_inheritable(60), 0);
    CHECK(!open_after_exec(60));
    CHECK_OK(os.set_inheritable(fd, true));
    CHECK_EQ(os.get_inheritable(fd), 1);
    CHECK(open_after_exec(fd));
    CHECK_EQ(os.get_inheritable(0), 1);
    p = os.pipe2(0);
    CHECK(open_after_exec(p.r) && open_after_exec(p.w));
    CHECK_ERR(os.get_inheritable(999), EBADF);
    CHECK_ERR(os.set_inheritable(999, true), EBADF);

    /* A fork inherits all of them. */
    int hidden = os.open("file", O_RDONLY);
    CHECK_CHILD("fork keeps them", { CHILD_REQUIRE(os.fstat(hidden).st_mode != 0); });

    /* What os.scandir and os.walk hold open is nobody else's matter either. */
    int before = os.dup(0);
    os.close(before);
    struct os_scandir *scan = os.scandir(NULL);
    CHECK(os.fstat(before).st_mode != 0); /* the lowest free number is now the directory's */
    CHECK_EQ(os.get_inheritable(before), 0);
    os.scandir_close(scan);
    return check_done();
}
