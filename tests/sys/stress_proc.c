/* Stress: /proc is read while the processes in it open, close, exec and end; and threads that use
 * one descriptor, one timer and one table at once.
 * needs: procfs times futex */
/* SPDX-License-Identifier: MIT */
#include "helpers.h"
#include <pthread.h>
#include <sys/time.h>

enum { RECORDS = 4000, RECORD = 16, WORKERS = 3 };

/* ---- /proc against the processes that it shows ---- */

static void read_file(const char *path)
{
    char text[512];
    int fd = open(path, O_RDONLY);
    if (fd < 0)
        return;
    while (read(fd, text, sizeof text) > 0)
        ;
    close(fd);
}

/* What the folder lists, as open descriptors and their texts. */
static void read_list(const char *folder)
{
    char path[400], target[64];
    DIR *dir = opendir(folder);
    struct dirent *entry;
    while (dir && (entry = readdir(dir))) {
        snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        if (readlink(path, target, sizeof target) < 0)
            read_file(path);
    }
    if (dir)
        closedir(dir);
}

static void read_texts(const char *folder)
{
    static const char *const names[] = {"maps",   "environ", "cmdline", "stat",
                                        "status", "auxv",    "comm",    "statm"};
    char path[100];
    for (int i = 0; i < 8; i++) {
        snprintf(path, sizeof path, "%s/%s", folder, names[i]);
        read_file(path);
    }
}

/* Pipes come and go, so that the process that looks may be the last that holds one. */
static void open_and_close(void)
{
    for (int i = 0; i < 600; i++) {
        int ends[2];
        if (pipe(ends) == 0) {
            close(ends[0]);
            close(ends[1]);
        }
    }
    _exit(0);
}

static void exec_again(int times)
{
    char number[16];
    snprintf(number, sizeof number, "%d", times);
    if (times > 0)
        execl("/proc/self/exe", "stress_proc", number, NULL);
    _exit(times);
}

static void watch(pid_t child)
{
    static const char *const folders[] = {"fdinfo", "fd", "task"};
    char path[64];
    int status;
    for (int i = 0; waitpid(child, &status, WNOHANG) == 0; i++) {
        snprintf(path, sizeof path, "/proc/%d/%s", (int)child, folders[i % 3]);
        read_list(path);
        snprintf(path, sizeof path, "/proc/%d", (int)child);
        read_texts(path);
    }
    CHECK_EQ(status, 0);
}

static void test_look_at_pipes(void)
{
    fflush(stdout);
    pid_t child = fork();
    if (child == 0)
        open_and_close();
    watch(child);
}

static void test_look_at_exec(void)
{
    fflush(stdout);
    pid_t child = fork();
    if (child == 0)
        exec_again(30);
    watch(child);
}

/* ---- Threads of one process ---- */

static int records;
static unsigned char taken[RECORDS];

/* Each read takes a record of its own. */
static void *take_records(void *unused)
{
    int record[RECORD / sizeof(int)];
    while (read(records, record, sizeof record) == sizeof record)
        __atomic_fetch_add(&taken[record[0]], 1, __ATOMIC_RELAXED);
    return unused;
}

static void in_threads(void *(*work)(void *))
{
    pthread_t threads[WORKERS];
    for (int i = 0; i < WORKERS; i++)
        CHECK_EQ(pthread_create(&threads[i], NULL, work, NULL), 0);
    for (int i = 0; i < WORKERS; i++)
        pthread_join(threads[i], NULL);
}

static void test_one_position(void)
{
    int odd = 0;
    records = open("records", O_RDWR | O_CREAT | O_TRUNC, 0600);
    CHECK_OK(records);
    for (int i = 0; i < RECORDS; i++) {
        int record[RECORD / sizeof(int)] = {i};
        odd += write(records, record, sizeof record) != sizeof record;
    }
    lseek(records, 0, SEEK_SET);
    in_threads(take_records);
    for (int i = 0; i < RECORDS; i++)
        odd += taken[i] != 1;
    CHECK_EQ(odd, 0);
    close(records);
    unlink("records");
}

static void *set_timer(void *unused)
{
    struct itimerval soon = {.it_value = {0, 50}}, later = {.it_value = {100, 0}};
    for (int i = 0; i < 3000; i++)
        setitimer(ITIMER_REAL, i % 2 ? &soon : &later, NULL);
    return unused;
}

static void test_one_timer(void)
{
    struct itimerval off = {0}, was;
    signal(SIGALRM, SIG_IGN);
    in_threads(set_timer);
    CHECK_OK(setitimer(ITIMER_REAL, &off, NULL));
    CHECK_OK(setitimer(ITIMER_REAL, &off, &was));
    CHECK_EQ(was.it_value.tv_sec, 0);
}

/* ---- What was opened before an exec is of the former program ---- */

static void test_environ_of_former(void)
{
    int go[2];
    char path[64], text[64];
    CHECK_OK(pipe(go));
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        close(go[1]);
        (void)!read(go[0], text, 1);
        execl("/proc/self/exe", "stress_proc", "sleep", NULL);
        _exit(1);
    }
    close(go[0]);
    snprintf(path, sizeof path, "/proc/%d/environ", (int)child);
    int before = open(path, O_RDONLY);
    CHECK_OK(before);
    CHECK(read(before, text, sizeof text) > 0);
    close(go[1]);
    snprintf(path, sizeof path, "/proc/%d/cmdline", (int)child);
    for (;;) {
        const char *arguments = contents(path);
        if (arguments && strcmp(arguments, "stress_proc") == 0)
            break;
        sleep_ms(2);
    }
    CHECK_EQ(pread(before, text, sizeof text, 0), 0);
    close(before);
    kill(child, SIGKILL);
    CHECK_EQ(status_of(child), SIGKILL);
}

int main(int argc, char **argv)
{
    if (argc > 1 && strcmp(argv[1], "sleep") == 0)
        return pause();
    if (argc > 1)
        exec_again(atoi(argv[1]) - 1);
    test_look_at_pipes();
    test_look_at_exec();
    test_one_position();
    test_one_timer();
    test_environ_of_former();
    return check_done();
}
