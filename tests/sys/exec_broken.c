/* Programs with broken headers, and execveat: refused with an error, or the new program's end, and
 * never more than that.
 * needs: procfs times execveat */
/* SPDX-License-Identifier: MIT */
#include "helpers.h"
#include <elf.h>

static unsigned char *image;
static long size;
extern char **environ;

static void load_self(void)
{
    int fd = open("/proc/self/exe", O_RDONLY);
    size = lseek(fd, 0, SEEK_END);
    image = malloc(size);
    if (pread(fd, image, size, 0) != size)
        NOTE("cannot read the program");
    close(fd);
}

static void write_program(const char *path, const void *bytes, long length)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0755);
    if (write(fd, bytes, length) != length)
        NOTE("cannot write %s", path);
    close(fd);
}

/* The exit status of the program that is in "p" (0 if it runs), 1000 + errno if exec refused, 2000
 * + the signal that ended it. */
static int try(void)
{
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        signal(SIGSEGV, SIG_DFL);
        alarm(60);
        close(2);
        execl("p", "p", "run", NULL);
        _exit(100 + errno);
    }
    int status = status_of(child);
    if (WIFSIGNALED(status))
        return 2000 + WTERMSIG(status);
    return WEXITSTATUS(status) > 100 ? 900 + WEXITSTATUS(status) : WEXITSTATUS(status);
}

/* The same with one change in the file header or the first loadable segment's. */
#define WITH(change)                                                   \
    ({                                                                 \
        unsigned char *kept = malloc(size);                            \
        memcpy(kept, image, size);                                     \
        Elf64_Ehdr *header = (Elf64_Ehdr *)image;                      \
        Elf64_Phdr *segment = (Elf64_Phdr *)(image + header->e_phoff); \
        while (segment->p_type != PT_LOAD)                             \
            segment++;                                                 \
        change;                                                        \
        write_program("p", image, size);                               \
        memcpy(image, kept, size);                                     \
        free(kept);                                                    \
        (void)header, (void)segment;                                   \
        try();                                                         \
    })

static void check_headers(void)
{
    CHECK_EQ(WITH((void)0), 0);
    CHECK_EQ(WITH(header->e_ident[0] = 'x'), 1000 + ENOEXEC);
    CHECK_EQ(WITH(header->e_machine = 3 /* 386 */), 1000 + ENOEXEC);
    CHECK_EQ(WITH(header->e_type = 1 /* not linked */), 1000 + ENOEXEC);
    CHECK_EQ(WITH(header->e_phentsize = 55), 1000 + ENOEXEC);
    CHECK_EQ(WITH(header->e_phnum = 0), 1000 + ENOEXEC);
    CHECK_EQ(WITH(header->e_phnum = 65535), 1000 + ENOEXEC);
    CHECK_EQ(WITH(header->e_phoff = size + 10), 1000 + ENOEXEC);
    CHECK_EQ(WITH(header->e_phoff = ~0ul), 1000 + ENOEXEC);
    CHECK_EQ(WITH(header->e_entry = 8), 2000 + SIGSEGV);
    /* These Linux starts and ends at once; to refuse them is as good. */
    CHECK(WITH(header->e_entry = 0xffffffff81000000) >= 1000);
    CHECK(WITH(header->e_entry = 1ul << 63) >= 1000);
    CHECK(WITH(segment->p_vaddr = 0xffffffff80000000) >= 1000);
    CHECK(WITH(segment->p_vaddr = 0x7ffffffff000) >= 1000);
    CHECK(WITH(segment->p_memsz = ~0ul) >= 1000);
    CHECK(WITH(segment->p_memsz = 1ul << 50) >= 1000);
    CHECK(WITH(segment->p_offset += 1) >= 1000);
    CHECK(WITH((segment->p_type = PT_INTERP)) >= 1000);
    CHECK(try() >= 1000);
}

/* Cut off anywhere; bytes of the headers changed at random: it may run, fail or die, no more. */
static void check_random(void)
{
    unsigned state = 1;
    int strange = 0;
    static const long lengths[] = {1, 4, 16, 63, 64, 65, 100, 120, 176, 500, 4095, 4096, 4097};
    for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
        unlink("p");
        write_program("p", image, lengths[i]);
        strange += try() < 0;
    }
    CHECK_EQ(strange, 0);
    for (int i = 0; i < 150; i++) {
        unsigned char kept[512];
        memcpy(kept, image, sizeof kept);
        for (int n = 0; n < 1 + i % 4; n++) {
            state = state * 1103515245 + 12345;
            image[16 + (state >> 16) % 300] = state >> 8;
        }
        unlink("p");
        write_program("p", image, size);
        memcpy(image, kept, sizeof kept);
        strange += try() == 2000 + SIGALRM;
    }
    CHECK(strange < 150);
    write_program("p", image, size);
    CHECK_EQ(try(), 0); /* all is well */
}

static long exec_at(int dir, const char *path, int flags)
{
    char *args[] = {"p", "run", NULL};
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        syscall(SYS_execveat, dir, path, args, environ, flags);
        _exit(errno);
    }
    return WEXITSTATUS(status_of(child));
}

static void check_execveat(void)
{
    CHECK_OK(mkdir("d", 0777));
    CHECK_OK(symlink("../p", "d/link"));
    int dir = open("d", O_RDONLY), fd = open("p", O_RDONLY | O_CLOEXEC), path = open("p", O_PATH);
    CHECK_EQ(exec_at(dir, "../p", 0), 0);
    CHECK_EQ(exec_at(fd, "", AT_EMPTY_PATH), 0);
    CHECK_EQ(exec_at(path, "", AT_EMPTY_PATH), 0);
    CHECK_EQ(exec_at(dir, "link", 0), 0);
    CHECK_EQ(exec_at(dir, "link", AT_SYMLINK_NOFOLLOW), ELOOP);
    CHECK_EQ(exec_at(fd, "", 0), ENOENT);
    CHECK_EQ(exec_at(fd, "x", 0), ENOTDIR);
    CHECK_EQ(exec_at(77, "p", 0), EBADF);
    CHECK_EQ(exec_at(dir, "", AT_EMPTY_PATH), EACCES);
    CHECK_EQ(exec_at(AT_FDCWD, "p", 1), EINVAL);
    CHECK_EQ(exec_at(AT_FDCWD, BAD_KERNEL, 0), EFAULT);
    close(dir);
    close(fd);
    close(path);
}

int main(int argc, char **argv)
{
    (void)argv;
    if (argc == 2)
        return 0;
    load_self();
    check_headers();
    unlink("p");
    write_program("p", image, size);
    check_execveat();
    check_random();
    return check_done();
}
