/* Shared memory with a name: two processes see one object; names, modes, and each errno. */
/* SPDX-License-Identifier: MIT */
#include <string.h>
#include <sys/mman.h>
#include "check.h"

enum { SIZE = 4096 };
static char name[64];

static char *map(int fd)
{
    return mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
}

/* Opens the object by its name, reads what the parent wrote, and answers. */
static int other_process(void)
{
    int fd = shm_open(name, O_RDWR, 0);
    char *at = fd < 0 ? MAP_FAILED : map(fd);
    if (at == MAP_FAILED || strcmp(at, "from the parent") != 0)
        return 1;
    strcpy(at, "from the child");
    return 0;
}

static void test_two_processes(void)
{
    int fd = shm_open(name, O_RDWR | O_CREAT | O_EXCL, 0640);
    struct stat st;
    CHECK_OK(fd);
    CHECK_EQ(fcntl(fd, F_GETFD), FD_CLOEXEC);
    CHECK_OK(fstat(fd, &st));
    CHECK_EQ(st.st_size, 0);
    CHECK_EQ(st.st_mode, S_IFREG | 0640);
    CHECK_OK(ftruncate(fd, SIZE));
    char *at = map(fd);
    CHECK(at != MAP_FAILED);
    strcpy(at, "from the parent");
    pid_t pid = fork();
    int status;
    if (pid == 0)
        _exit(other_process());
    CHECK_EQ(waitpid(pid, &status, 0), pid);
    CHECK_EQ(status, 0);
    CHECK_STR(at, "from the child");
    CHECK_OK(shm_unlink(name));
    CHECK_STR(at, "from the child"); /* it stays until no process has it */
    CHECK_ERR(shm_open(name, O_RDWR, 0), ENOENT);
    CHECK_ERR(shm_unlink(name), ENOENT);
    close(fd);
}

static void test_names(void)
{
    char longest[NAME_MAX + 3] = "/";
    memset(longest + 1, 'a', NAME_MAX);
    CHECK_ERR(shm_open("", O_RDWR | O_CREAT, 0600), EINVAL);
    CHECK_ERR(shm_open("/", O_RDWR | O_CREAT, 0600), EINVAL);
    CHECK_ERR(shm_open("/a/b", O_RDWR | O_CREAT, 0600), EINVAL);
    CHECK_ERR(shm_unlink("/a/b"), ENOENT);
    int fd = shm_open(longest, O_RDWR | O_CREAT, 0600);
    CHECK_OK(fd);
    close(fd);
    CHECK_ERR(shm_open(longest, O_RDWR | O_CREAT | O_EXCL, 0600), EEXIST);
    CHECK_OK(shm_unlink(longest + 1)); /* without its slash */
    longest[NAME_MAX + 1] = 'a';
    CHECK_ERR(shm_open(longest, O_RDWR | O_CREAT, 0600), ENAMETOOLONG);
    CHECK_ERR(shm_unlink(longest), ENAMETOOLONG);
}

int main(void)
{
    umask(022);
    snprintf(name, sizeof(name), "/ouros-test-%d", (int)getpid());
    test_two_processes();
    test_names();
    return check_done();
}
