/* Core dumps: which ends are told as "dumped", and what is in the file.
 * needs: dumps procfs users memory settings counts posix */
/* SPDX-License-Identifier: MIT */
#include "helpers.h"
#include <abi/core.h>
#include <elf.h>
#include <sched.h>
#include <sys/auxv.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>

#define PATTERN  "/proc/sys/kernel/core_pattern"
#define USES_PID "/proc/sys/kernel/core_uses_pid"

static volatile long marker = 0x6d61726b6572; /* looked for in the file */

static void allow(rlim_t most)
{
    struct rlimit limit;
    CHILD_REQUIRE(getrlimit(RLIMIT_CORE, &limit) == 0);
    limit.rlim_cur = most;
    CHILD_REQUIRE(setrlimit(RLIMIT_CORE, &limit) == 0);
}

/* A child that may dump that much and ends by the signal; its wait status. */
static int end_by(int number, rlim_t most)
{
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        allow(most);
        on(number, SIG_DFL, 0);
        raise(number);
        _exit(0);
    }
    return status_of(child);
}

static bool is_there(const char *name)
{
    struct stat st;
    return lstat(name, &st) == 0;
}

/* Without a limit that allows it there is none; nor of signals that only end. */
static void check_which(void)
{
    static const int dumping[] = {SIGQUIT, SIGILL,  SIGTRAP, SIGABRT, SIGBUS,
                                  SIGFPE,  SIGSEGV, SIGXCPU, SIGXFSZ, SIGSYS};
    static const int others[] = {SIGHUP, SIGINT, SIGKILL, SIGTERM, SIGPIPE, SIGALRM, SIGUSR1};
    for (size_t i = 0; i < sizeof dumping / sizeof *dumping; i++) {
        CHECK_EQ(end_by(dumping[i], 0), dumping[i]);
        CHECK(!is_there("core"));
        CHECK_EQ(end_by(dumping[i], RLIM_INFINITY), dumping[i] | WCOREFLAG);
        CHECK_OK(unlink("core"));
    }
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        CHECK_EQ(end_by(others[i], RLIM_INFINITY), others[i]);
    CHECK(!is_there("core"));
}

/* A page at least; what is longer is cut. */
static void check_limit(void)
{
    struct stat st;
    CHECK_EQ(end_by(SIGQUIT, 4095), SIGQUIT);
    CHECK(!is_there("core"));
    CHECK_EQ(end_by(SIGQUIT, 16384), SIGQUIT | WCOREFLAG);
    CHECK_OK(stat("core", &st));
    CHECK(st.st_blocks * 512 <= 16384);
    CHECK_OK(unlink("core"));
}

static volatile siginfo_t told;

static void on_child(int number, siginfo_t *info, void *context)
{
    (void)number, (void)context;
    told = *info;
}

/* waitid, and the signal to the parent, say CLD_DUMPED. */
static void check_told(void)
{
    siginfo_t info;
    struct sigaction action = {.sa_sigaction = on_child, .sa_flags = SA_SIGINFO | SA_RESTART};
    sigaction(SIGCHLD, &action, NULL);
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        allow(RLIM_INFINITY);
        abort();
    }
    CHECK_OK(waitid(P_PID, child, &info, WEXITED | WNOWAIT));
    CHECK_EQ(info.si_code, CLD_DUMPED);
    CHECK_EQ(info.si_status, SIGABRT);
    CHECK_EQ(told.si_code, CLD_DUMPED);
    CHECK_EQ(told.si_status, SIGABRT);
    CHECK_EQ(status_of(child), SIGABRT | WCOREFLAG);
    signal(SIGCHLD, SIG_DFL);
    CHECK_OK(unlink("core"));
}

/* A new file takes the name's place; where it cannot, there is none. */
static void check_name(void)
{
    struct stat st;
    make_file("target", "kept");
    CHECK_OK(chmod("target", 0666));
    CHECK_OK(symlink("target", "core"));
    CHECK_EQ(end_by(SIGQUIT, RLIM_INFINITY), SIGQUIT | WCOREFLAG);
    CHECK_STR(contents("target"), "kept");
    CHECK_OK(lstat("core", &st));
    CHECK_EQ(st.st_mode, S_IFREG | 0600);
    CHECK_EQ(st.st_uid, geteuid());
    CHECK_OK(unlink("core"));
    CHECK_OK(mkdir("core", 0777));
    CHECK_EQ(end_by(SIGQUIT, RLIM_INFINITY), SIGQUIT);
    CHECK_OK(rmdir("core"));
    CHECK_OK(link("target", "core"));
    CHECK_EQ(end_by(SIGQUIT, RLIM_INFINITY), SIGQUIT | WCOREFLAG);
    CHECK_STR(contents("target"), "kept");
    CHECK_OK(unlink("core"));
    mode_t mask = umask(0700);
    CHECK_EQ(end_by(SIGQUIT, RLIM_INFINITY), SIGQUIT);
    umask(mask);
    unlink("core");
}

/* What may not be looked into is not written down. */
static void check_rights(void)
{
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        allow(RLIM_INFINITY);
        prctl(PR_SET_DUMPABLE, 0);
        abort();
    }
    CHECK_EQ(status_of(child), SIGABRT);
    CHECK(!is_there("core"));
    if (!as_root("who may make the file"))
        return;
    CHECK_OK(mkdir("closed", 0755));
    child = fork();
    if (child == 0) {
        allow(RLIM_INFINITY);
        CHILD_REQUIRE(chdir("closed") == 0 && setgid(USER) == 0 && setuid(USER) == 0);
        prctl(PR_SET_DUMPABLE, 1);
        abort();
    }
    CHECK_EQ(status_of(child), SIGABRT);
    CHECK_OK(rmdir("closed"));
}

/* ---- What is in it ---- */

static char *file;
static long length;

static void open_core(void)
{
    struct stat st;
    int fd = open("core", O_RDONLY);
    CHECK_OK(fstat(fd, &st));
    length = st.st_size;
    file = mmap(NULL, (size_t)length, PROT_READ, MAP_PRIVATE, fd, 0);
    CHECK(file != MAP_FAILED);
    close(fd);
    CHECK_OK(unlink("core"));
}

static const Elf64_Phdr *part(int i)
{
    const Elf64_Ehdr *head = (void *)file;
    return (const Elf64_Phdr *)(file + head->e_phoff) + i;
}

/* What the process had at an address; NULL if that is not in the file. */
static const void *memory(const volatile void *at)
{
    const Elf64_Ehdr *head = (void *)file;
    for (int i = 0; i < head->e_phnum; i++) {
        uint64_t offset = (uint64_t)at - part(i)->p_vaddr;
        if (part(i)->p_type == PT_LOAD && (uint64_t)at >= part(i)->p_vaddr &&
            offset < part(i)->p_filesz && part(i)->p_offset + offset + 8 <= (uint64_t)length)
            return file + part(i)->p_offset + offset;
    }
    return NULL;
}

/* The n-th note of a type, of at least that size. */
static const void *note_at(int n, unsigned type, size_t size)
{
    const Elf64_Ehdr *head = (void *)file;
    for (int i = 0; i < head->e_phnum; i++) {
        const char *at = file + part(i)->p_offset, *end = at + part(i)->p_filesz;
        while (part(i)->p_type == PT_NOTE && at + sizeof(struct core_note) <= end) {
            const struct core_note *found = (const void *)at;
            const char *what = at + 12 + ((found->n_namesz + 3) & ~3u);
            if (found->n_type == type && found->n_descsz >= size && strcmp(what - 8, "CORE") == 0 &&
                n-- == 0)
                return what;
            at = what + ((found->n_descsz + 3) & ~3u);
        }
    }
    return NULL;
}

static const void *note(unsigned type, size_t size)
{
    return note_at(0, type, size);
}

static void check_notes(pid_t child, void *fault_at)
{
    const struct core_status *status = note(NT_PRSTATUS, sizeof *status);
    const struct core_info *info = note(NT_PRPSINFO, sizeof *info);
    const siginfo_t *signal = note(NT_SIGINFO, sizeof *signal);
    const uint64_t *vector = note(NT_AUXV, 32);
    CHECK(status && info && signal && vector);
    if (!status || !info || !signal || !vector)
        return;
    CHECK_EQ(status->pr_cursig, SIGSEGV);
    CHECK_EQ(status->pr_signo, SIGSEGV);
    CHECK_EQ(status->pr_pid == child && status->pr_ppid == getpid(), 1);
    CHECK_EQ(status->pr_reg[12] == 0x1122334455667788, 1); /* rdx */
    CHECK_EQ(status->pr_reg[15], -1);                      /* orig_rax: not in a call */
    CHECK(memory((void *)status->pr_reg[19]) != NULL);     /* the stack */
    CHECK_EQ(info->pr_pid == child, 1);
    CHECK_EQ(info->pr_uid == getuid(), 1);
    CHECK_EQ(strncmp(info->pr_fname, "named", sizeof info->pr_fname), 0);
    CHECK_EQ(signal->si_signo, SIGSEGV);
    CHECK_EQ(signal->si_code, SEGV_ACCERR);
    CHECK_EQ(signal->si_addr == fault_at, 1);
    bool pagesz = false;
    for (; vector[0] != AT_NULL; vector += 2)
        pagesz = pagesz || (vector[0] == AT_PAGESZ && vector[1] == PAGE);
    CHECK(pagesz);
}

static void check_contents(void)
{
    char *hidden = page_with(PROT_READ | PROT_WRITE), *untouched = page_with(PROT_READ);
    char *shared = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    char *heap = malloc(100);
    strcpy(heap, "on the heap");
    strcpy(hidden, "out of reach");
    strcpy(shared, "shared");
    CHECK_OK(mprotect(hidden, PAGE, PROT_NONE));
    char *secret = page_with(PROT_READ | PROT_WRITE);
    strcpy(secret, "secret");
    CHECK_OK(madvise(secret, PAGE, MADV_DONTDUMP));
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        allow(RLIM_INFINITY);
        marker++;
        prctl(PR_SET_NAME, "named");
        __asm__ volatile("movb $1, (%0)" ::"r"(hidden), "d"(0x1122334455667788) : "memory");
        _exit(1);
    }
    CHECK_EQ(status_of(child), SIGSEGV | WCOREFLAG);
    open_core();
    const Elf64_Ehdr *head = (void *)file;
    CHECK_EQ(memcmp(head->e_ident, ELFMAG "\2\1\1", 7), 0);
    CHECK_EQ(head->e_type, ET_CORE);
    CHECK_EQ(head->e_machine, EM_X86_64);
    CHECK_EQ(head->e_phentsize, sizeof(Elf64_Phdr));
    check_notes(child, hidden);
    const long *found = memory(&marker);
    CHECK(found && *found == marker + 1);
    CHECK_STR(memory(heap), "on the heap");
    CHECK_STR(memory(hidden), "out of reach");
    CHECK_STR(memory(shared), "shared");
    CHECK(memory(untouched) == NULL && memory(secret) == NULL);
    munmap(file, (size_t)length);
}

/* The threads of a process: the first sleeps in a call, one runs, one dies of a signal. */
enum { OF_THREADS = CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD };
static volatile int running;

static int run_for_ever(void *arg)
{
    (void)arg;
    __asm__ volatile("movl $1, %1\n 1: pause\n jmp 1b" ::"d"(0x2233445566778899), "m"(running));
    return 0;
}

static int fault_in_thread(void *arg)
{
    while (!running || !reaches_state(*(pid_t *)arg, 'S'))
        sched_yield();
    raise(SIGABRT);
    return 0;
}

static void start_thread(int (*run)(void *), void *arg)
{
    char *stack = mmap(NULL, 16 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    CHILD_REQUIRE(clone(run, stack + 16 * PAGE, OF_THREADS, arg) > 0);
}

/* The notes about the others, in any order. */
static void check_other_threads(pid_t child, int first)
{
    const struct core_status *status;
    int n_runs = 0, n_sleeps = 0, n = 1;
    for (; (status = note_at(n, NT_PRSTATUS, sizeof *status)); n++) {
        n_sleeps += status->pr_pid == child && status->pr_reg[15] == SYS_pause;
        n_runs += status->pr_pid != child && status->pr_pid != first &&
                  status->pr_reg[12] == 0x2233445566778899 && status->pr_reg[15] == ~0ul;
    }
    CHECK_EQ(n, 3);
    CHECK_EQ(n_runs, 1);
    CHECK_EQ(n_sleeps, 1);
}

/* All threads are told of; the one that dies comes first. */
static void check_threads(void)
{
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        static pid_t self;
        self = getpid();
        allow(RLIM_INFINITY);
        start_thread(run_for_ever, NULL);
        start_thread(fault_in_thread, &self);
        for (;;)
            syscall(SYS_pause);
    }
    CHECK_EQ(status_of(child), SIGABRT | WCOREFLAG);
    open_core();
    const struct core_status *status = note(NT_PRSTATUS, sizeof *status);
    CHECK(status && status->pr_cursig == SIGABRT && status->pr_pid != child);
    check_other_threads(child, status ? status->pr_pid : 0);
    munmap(file, (size_t)length);
}

static int sleep_for_ever(void *arg)
{
    (void)arg;
    for (;;)
        syscall(SYS_pause);
    return 0;
}

/* More threads than fit a page. */
static void check_many_threads(void)
{
    enum { MANY = 60 };
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        char *stacks =
            mmap(NULL, MANY * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        allow(RLIM_INFINITY);
        for (int i = 1; i <= MANY; i++)
            CHILD_REQUIRE(clone(sleep_for_ever, stacks + i * PAGE, OF_THREADS, NULL) > 0);
        abort();
    }
    CHECK_EQ(status_of(child), SIGABRT | WCOREFLAG);
    open_core();
    CHECK(note_at(MANY, NT_PRSTATUS, sizeof(struct core_status)) != NULL);
    CHECK(note_at(MANY + 1, NT_PRSTATUS, sizeof(struct core_status)) == NULL);
    CHECK(memory(&marker) != NULL);
    munmap(file, (size_t)length);
}

/* ---- Its name ---- */

static const char *line(const char *path)
{
    static char text[256];
    int fd = open(path, O_RDONLY);
    long n = read(fd, text, sizeof text - 1);
    close(fd);
    text[n > 0 ? n : 0] = '\0';
    return text;
}

static int put(const char *path, const char *text)
{
    int fd = open(path, O_WRONLY);
    int error = fd < 0 || write(fd, text, strlen(text)) != (ssize_t)strlen(text) ? errno : 0;
    close(fd);
    return error;
}

/* A child of that name dies in the pattern's way: is the file there? */
static bool dumps_to(const char *pattern, const char *name, const char *wanted)
{
    char path[64];
    if (put(PATTERN, pattern) != 0)
        return false;
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        allow(RLIM_INFINITY);
        prctl(PR_SET_NAME, name);
        raise(SIGQUIT);
    }
    snprintf(path, sizeof path, wanted, child, child);
    return status_of(child) == (SIGQUIT | WCOREFLAG) && unlink(path) == 0;
}

static void check_patterns(void)
{
    char name[64], exe[256] = "";
    mkdir("sub", 0777);
    snprintf(name, sizeof name, "sub/%%d.%d.%d%%%%.%d", SIGQUIT, getuid(), getgid());
    CHILD_REQUIRE(dumps_to("sub/%p.%s.%u%%.%q%g%\n", "x", name));
    CHILD_REQUIRE(dumps_to("sub/../%e.%I", "a/b", "a!b.%d"));
    CHILD_REQUIRE(dumps_to("%e.%d", "..", "!..1"));
    CHILD_REQUIRE(dumps_to("x%e", "", "x!"));
    CHILD_REQUIRE(readlink("/proc/self/exe", exe, sizeof exe - 1) > 0);
    CHILD_REQUIRE(dumps_to("%f", "x", strrchr(exe, '/') + 1));
    for (char *at = exe; *at; at++)
        *at = *at == '/' ? '!' : *at;
    CHILD_REQUIRE(dumps_to("%E", "x", exe));
    CHILD_REQUIRE(put(USES_PID, "1") == 0);
    CHILD_REQUIRE(dumps_to("core", "x", "core.%d") && dumps_to("%p", "x", "%d"));
    CHILD_REQUIRE(dumps_to("%P", "x", "%d.%d"));
    CHILD_REQUIRE(put(USES_PID, "0") == 0 && put(USES_PID, "x") == EINVAL);
    CHILD_REQUIRE(!dumps_to("\n", "x", "core") && strcmp(line(PATTERN), "\n") == 0);
}

static void check_cut(void)
{
    char longest[200];
    memset(longest, 'x', sizeof longest - 1);
    longest[sizeof longest - 1] = '\0';
    CHILD_REQUIRE(put(PATTERN, longest) == 0 && strlen(line(PATTERN)) == 128);
    CHILD_REQUIRE(put(PATTERN, "") == 0 && strlen(line(PATTERN)) == 128);
    CHILD_REQUIRE(put(PATTERN, "core") == 0);
}

/* The names are the machine's: they change on a machine of the test's own. */
static void check_names(void)
{
    if (!getenv("FORCE") && access("/proc/kcounts", F_OK) != 0) {
        SKIP("names by other patterns: child's wait status", "others use the machine");
        return;
    }
    CHECK_CHILD("names by other patterns", {
        check_patterns();
        check_cut();
    });
}

static void check_settings(void)
{
    struct stat st;
    CHECK_OK(stat(PATTERN, &st));
    CHECK_EQ(st.st_mode, S_IFREG | 0644);
    CHECK_OK(stat(USES_PID, &st));
    CHECK_EQ(st.st_mode, S_IFREG | 0644);
    if (!as_root("who may set the pattern"))
        return;
    CHECK_CHILD("a user may not", { /* who changes ids cannot be dumped afterwards */
                                    become(USER);
                                    CHILD_REQUIRE(open(PATTERN, O_WRONLY) < 0 && errno == EACCES);
    });
}

int main(void)
{
    check_settings();
    if (strcmp(line(PATTERN), "core\n") != 0 || atoi(line(USES_PID)) != 0) {
        SKIP("core dumps", "they have another name here");
        return check_done();
    }
    check_which();
    check_limit();
    check_told();
    check_name();
    check_rights();
    check_contents();
    check_threads();
    check_many_threads();
    check_names();
    return check_done();
}
