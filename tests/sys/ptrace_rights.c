/* ptrace: who may trace whom; programs with the rights of another user while they are traced; the
 * memory of other processes by process_vm_readv, process_vm_writev and /proc/PID/mem.
 * needs: ptrace files users */
/* SPDX-License-Identifier: MIT */
#include "tracing.h"
#include <sched.h>
#include <sys/prctl.h>

/* ---- Who may ---- */

static pid_t child_of_user(uid_t id)
{
    int ready[2];
    char byte;
    pipe(ready);
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        setgroups(0, NULL);
        setresgid(id, id, id);
        setresuid(id, id, id);
        prctl(PR_SET_DUMPABLE, 1);
        write(ready[1], "x", 1);
        for (;;)
            pause();
    }
    read(ready[0], &byte, 1);
    close(ready[0]);
    close(ready[1]);
    return child;
}

static void take_on(uid_t id)
{
    setgroups(0, NULL);
    if (setresgid(id, id, id) < 0 || setresuid(id, id, id) < 0)
        _exit(250);
}

static void test_users(void)
{
    pid_t user = child_of_user(USER), other = child_of_user(OTHER), root = child_that_pauses();
    CHECK_CHILD("a user traces its own processes", {
        take_on(USER);
        CHILD_REQUIRE(ptrace(PTRACE_SEIZE, other, NULL, NULL) == -1 && errno == EPERM);
        CHILD_REQUIRE(ptrace(PTRACE_ATTACH, root, NULL, NULL) == -1 && errno == EPERM);
        CHILD_REQUIRE(ptrace(PTRACE_SEIZE, user, NULL, NULL) == 0);
    });
    CHECK_CHILD("root those of all", {
        CHILD_REQUIRE(ptrace(PTRACE_SEIZE, other, NULL, NULL) == 0);
        CHILD_REQUIRE(ptrace(PTRACE_SEIZE, user, NULL, NULL) == 0);
    });
    end_child(user);
    end_child(other);
    end_child(root);
    CHECK_CHILD("not one that may not be looked into", {
        int ready[2];
        char byte;
        take_on(USER);
        pipe(ready);
        pid_t own = fork();
        if (own == 0) {
            prctl(PR_SET_DUMPABLE, 0);
            write(ready[1], "x", 1);
            for (;;)
                pause();
        }
        read(ready[0], &byte, 1);
        CHILD_REQUIRE(ptrace(PTRACE_SEIZE, own, NULL, NULL) == -1 && errno == EPERM);
        kill(own, SIGKILL);
    });
}

/* ---- Programs with other rights ---- */

static const char *program;

/* A copy of this program, that tells by its status who runs it. */
static void make_program(const char *path, uid_t owner, mode_t mode)
{
    char text[4096];
    int from = open("/proc/self/exe", O_RDONLY), to = open(path, O_WRONLY | O_CREAT, 0755);
    ssize_t n;
    while ((n = read(from, text, sizeof text)) > 0)
        write(to, text, (size_t)n);
    close(from);
    close(to);
    chown(path, owner, owner);
    chmod(path, mode);
    program = path;
}

static void exec_program(void)
{
    char *argv[] = {"p", "ids", NULL}, *envp[] = {NULL};
    execve(program, argv, envp);
    _exit(100);
}

static void exec_as_user(void)
{
    take_on(USER);
    prctl(PR_SET_DUMPABLE, 1);
    exec_program();
}

/* Of a tracer that is no root, traced by a child of its own: the status that the program ends with.
 */
static void test_set_id(void)
{
    make_program("./set-id", OTHER, 04755);
    chmod(".", 0755);
    fflush(stdout);
    pid_t child = fork();
    if (child == 0)
        exec_as_user();
    CHECK_EQ(status_of(child), EXITED(2)); /* not traced: the file's owner */
    CHECK_CHILD("traced by its user: the user's", {
        take_on(USER);
        prctl(PR_SET_DUMPABLE, 1);
        pid_t traced = traced_child(exec_program);
        CHILD_REQUIRE(go_on(traced, PTRACE_CONT, 0) == STOP(SIGTRAP, 0));
        CHILD_REQUIRE(go_on(traced, PTRACE_CONT, 0) == EXITED(1));
    });
    child = traced_child(exec_as_user); /* asked for by root: the file's owner */
    CHECK_EQ(go_on(child, PTRACE_CONT, 0), STOP(SIGTRAP, 0));
    CHECK_EQ(go_on(child, PTRACE_CONT, 0), EXITED(2));
    unlink("set-id");
}

/* A program that its user may run but not read: its tracer does not read it either. */
static void test_unreadable(void)
{
    make_program("./hidden", 0, 0711);
    CHECK_CHILD("memory of a program that may not be read", {
        take_on(USER);
        prctl(PR_SET_DUMPABLE, 1);
        pid_t traced = traced_child(exec_program);
        CHILD_REQUIRE(go_on(traced, PTRACE_CONT, 0) == STOP(SIGTRAP, 0));
        struct user_regs_struct regs = registers_of(traced);
        CHILD_REQUIRE(ptrace(PTRACE_PEEKDATA, traced, regs.rsp, NULL) == -1 && errno == EIO);
        CHILD_REQUIRE(ptrace(PTRACE_POKEDATA, traced, regs.rsp, NULL) == -1 && errno == EIO);
        CHILD_REQUIRE(go_on(traced, PTRACE_CONT, 0) == EXITED(1));
    });
    unlink("hidden");
}

/* Children of a process that exec makes another user's, over and over, while one attaches: it may
 * trace the program with the user's rights, but never the one with the owner's. */
static void test_race(void)
{
    make_program("./set-id", OTHER, 04755);
    CHECK_CHILD("attaching while it executes", {
        take_on(USER);
        prctl(PR_SET_DUMPABLE, 1);
        for (int i = 0; i < 100; i++) {
            pid_t child = fork();
            if (child == 0)
                exec_program();
            for (int j = 0; j < i % 10; j++)
                sched_yield();
            bool traces = ptrace(PTRACE_SEIZE, child, NULL, NULL) == 0;
            int status = next_of(child);
            while (traces && status == STOP(SIGTRAP, 0))
                status = go_on(child, PTRACE_CONT, 0);
            CHILD_REQUIRE(status == EXITED(1) || status == EXITED(2));
        }
    });
    unlink("set-id");
}

/* ---- Memory of others ---- */

static char data[3 * PAGE] __attribute__((aligned(PAGE)));

static void test_process_vm(void)
{
    char here[64] = "", more[8] = "";
    memcpy(data + PAGE - 3, "abcdef", 7);
    pid_t child = child_that_pauses();
    struct iovec near[2] = {{here, 4}, {more, 3}};
    struct iovec far[3] = {{data + PAGE - 3, 2}, {data, 0}, {data + PAGE - 1, 5}};
    CHECK_EQ(syscall(SYS_process_vm_readv, child, near, 2, far, 3, 0), 7);
    CHECK_STR(here, "abcd");
    CHECK_STR(more, "ef");
    memcpy(here, "UVWX", 4);
    CHECK_EQ(syscall(SYS_process_vm_writev, child, near, 1, far, 3, 0), 4);
    CHECK_EQ(data[PAGE - 3], 'a');
    CHECK_EQ(syscall(SYS_process_vm_readv, child, near, 2, far, 3, 0), 7);
    CHECK_STR(here, "UVWX");
    CHECK_EQ(syscall(SYS_process_vm_readv, getpid(), near, 1, far, 3, 0), 4);
    CHECK_STR(here, "abcd");
    CHECK_ERR(syscall(SYS_process_vm_readv, child, near, 1, far, 1, 1), EINVAL);
    CHECK_ERR(syscall(SYS_process_vm_readv, child, near, 1025, far, 1, 0), EINVAL);
    CHECK_ERR(syscall(SYS_process_vm_readv, child, near, 1, far, 1025, 0), EINVAL);
    CHECK_ERR(syscall(SYS_process_vm_readv, 999999, near, 1, far, 1, 0), ESRCH);
    CHECK_ERR(syscall(SYS_process_vm_readv, child, BAD_KERNEL, 1, far, 1, 0), EFAULT);
    CHECK_ERR(syscall(SYS_process_vm_readv, child, near, 1, BAD_KERNEL, 1, 0), EFAULT);
    CHECK_EQ(syscall(SYS_process_vm_readv, child, near, 0, far, 1, 0), 0);
    struct iovec bad[2] = {{data, 2}, {BAD_LOW, 8}};
    CHECK_EQ(syscall(SYS_process_vm_readv, child, near, 1, bad, 2, 0), 2);
    CHECK_ERR(syscall(SYS_process_vm_readv, child, near, 1, bad + 1, 1, 0), EFAULT);
    CHECK_ERR(syscall(SYS_process_vm_readv, child, bad + 1, 1, far, 1, 0), EFAULT);
    end_child(child);
    child = child_that_pauses(); /* protection holds here */
    struct iovec code = {(void *)test_process_vm, 4};
    CHECK_ERR(syscall(SYS_process_vm_writev, child, near, 1, &code, 1, 0), EFAULT);
    CHECK_CHILD("another user's memory", {
        take_on(USER);
        CHILD_REQUIRE(syscall(SYS_process_vm_readv, child, near, 1, far, 1, 0) == -1);
        CHILD_REQUIRE(errno == EPERM);
    });
    end_child(child);
}

static void test_proc_mem(void)
{
    char path[32], word[8];
    strcpy(data, "in the child");
    pid_t child = child_that_pauses();
    strcpy(data, "in the parent");
    snprintf(path, sizeof path, "/proc/%d/mem", (int)child);
    int fd = open(path, O_RDWR);
    CHECK(fd >= 0);
    CHECK_EQ(pread(fd, word, 6, (long)data + 7), 5 + 1);
    CHECK(memcmp(word, "child", 6) == 0);
    CHECK_EQ(pwrite(fd, "CHI", 3, (long)data + 7), 3);
    CHECK_EQ(pread(fd, word, 6, (long)data + 7), 6);
    CHECK(memcmp(word, "CHIld", 6) == 0);
    CHECK_STR(data, "in the parent");
    CHECK_EQ(pread(fd, word, 4, (long)test_proc_mem), 4);
    CHECK_EQ(pwrite(fd, word, 4, (long)test_proc_mem), 4); /* code, too */
    CHECK_ERR(pread(fd, word, 4, 8), EIO);
    CHECK_ERR(pwrite(fd, word, 4, 8), EIO);
    CHECK_EQ(lseek(fd, (long)data, SEEK_SET), data);
    CHECK_EQ(read(fd, word, 2), 2);
    CHECK_EQ(lseek(fd, 0, SEEK_CUR), data + 2);
    end_child(child);
    CHECK_EQ(pread(fd, word, 4, (long)data), 0);
    close(fd);
    child = child_that_pauses();
    snprintf(path, sizeof path, "/proc/%d/mem", (int)child);
    CHECK_CHILD("another user's memory", {
        take_on(USER);
        CHILD_REQUIRE(open(path, O_RDONLY) == -1 && errno == EACCES);
    });
    end_child(child);
}

int main(int argc, char **argv)
{
    (void)argv;
    if (argc > 1)
        return geteuid() == OTHER ? 2 : geteuid() == USER ? 1 : 3;
    if (!as_root("rights of other users"))
        return check_done();
    test_users();
    test_set_id();
    test_unreadable();
    test_race();
    test_process_vm();
    test_proc_mem();
    return check_done();
}
