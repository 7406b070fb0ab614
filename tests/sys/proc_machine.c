/* Files of /proc about the whole machine: interrupts, slabinfo, buddyinfo, consoles, config.gz; and
 * names as listings give them.
 * needs: procfs users settings counts */
/* SPDX-License-Identifier: MIT */
#include "proc_text.h"
#include <sched.h>
#include <sys/sysmacros.h>

/* A column for each processor, and sums that only grow. */
static void check_interrupts(void)
{
    struct stat st;
    char name[32];
    CHECK_OK(stat("/proc/interrupts", &st));
    CHECK_EQ(st.st_mode, S_IFREG | 0444);
    CHECK(slurp("/proc/interrupts", 4096) > 0);
    long n_cpus = sysconf(_SC_NPROCESSORS_ONLN);
    CHECK_EQ(strncmp(text, "           CPU0", 15), 0);
    snprintf(name, sizeof name, "CPU%ld", n_cpus - 1);
    CHECK(strstr(text, name) != NULL);
    const char *timer = field("LOC:");
    CHECK(timer && strstr(timer, "  Local timer interrupts"));
    char *at = (char *)timer;
    long sum = 0;
    for (long i = 0; at && i < n_cpus; i++)
        sum += strtol(at, &at, 10);
    CHECK(sum > 0);
    CHECK(field("RES:") && strstr(field("RES:"), "  Rescheduling interrupts"));
}

/* As many objects as slabs have room for, at most; only root may read it. */
static void check_slabs(void)
{
    struct stat st;
    CHECK_OK(stat("/proc/slabinfo", &st));
    CHECK_EQ(st.st_mode, S_IFREG | 0400);
    if (!as_root("the slabs"))
        return;
    CHECK(slurp("/proc/slabinfo", 4096) > 0);
    CHECK_EQ(strncmp(text, "slabinfo - version: 2.1\n# name ", 31), 0);
    int n = 0, wrong = 0;
    char *line = strchr(strchr(text, '\n') + 1, '\n') + 1;
    for (line = strtok(line, "\n"); line; line = strtok(NULL, "\n"), n++) {
        char name[64];
        unsigned long live, room, size, each, pages, used, slabs;
        int found =
            sscanf(line, "%63s %lu %lu %lu %lu %lu : tunables %*u %*u %*u : slabdata %lu %lu", name,
                   &live, &room, &size, &each, &pages, &used, &slabs);
        wrong += found != 8 || live > room || used > slabs || size * each > pages * 4096;
    }
    CHECK(n > 10);
    CHECK_EQ(wrong, 0);
    become(USER);
    CHECK_ERR(open("/proc/slabinfo", O_RDONLY), EACCES);
    become_root();
}

/* Pages of all free blocks; each zone has a line, each order up to 4 MB a column. */
static long free_pages(void)
{
    long pages = 0;
    int wrong = 0;
    CHECK(slurp("/proc/buddyinfo", 4096) > 0);
    for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n")) {
        char zone[16];
        int node, length = 0, order = 0;
        int found = sscanf(line, "Node %d, zone %15s%n", &node, zone, &length);
        char *at = line + length, *end;
        for (long n; n = strtol(at, &end, 10), end > at; at = end, order++)
            pages += n << order;
        wrong += found != 2 || order != 11 || strcmp(at, " ") != 0;
    }
    CHECK_EQ(wrong, 0);
    return pages;
}

/* The blocks are what is free, but for what others take or free meanwhile. */
static void check_blocks(void)
{
    struct stat st;
    CHECK_OK(stat("/proc/buddyinfo", &st));
    CHECK_EQ(st.st_mode, S_IFREG | 0444);
    long pages = free_pages();
    slurp("/proc/vmstat", 4096);
    long free = number("nr_free_pages");
    NOTE("%ld pages in blocks, %ld free", pages, free);
    CHECK(pages > 0 && labs(pages - free) < free / 8);
}

/* Does the line tell of a terminal as /dev has it? It may be missing there, in a container. */
static int is_console(const char *line, int *preferred)
{
    struct stat st;
    char name[32], can[4], flags[8], path[64];
    unsigned major_number, minor_number;
    int found =
        sscanf(line, "%31s %3s (%7[^)]) %u:%u", name, can, flags, &major_number, &minor_number);
    if (found != 5 || strcspn(line + 21, "RW-") != 0 || can[1] != 'W' || flags[0] != 'E')
        return 0;
    *preferred += flags[1] == 'C';
    snprintf(path, sizeof path, "/dev/%s", name);
    return strlen(flags) == 7 &&
           (stat(path, &st) < 0 || st.st_rdev == makedev(major_number, minor_number));
}

static void check_consoles(void)
{
    struct stat st;
    int preferred = 0, n = 0, good = 0;
    CHECK_OK(stat("/proc/consoles", &st));
    CHECK_EQ(st.st_mode, S_IFREG | 0444);
    CHECK(slurp("/proc/consoles", 4096) > 0);
    for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n"), n++)
        good += is_console(line, &preferred);
    CHECK(n >= 1 && good == n);
    CHECK_EQ(preferred, 1);
}

/* Names whose number in the listing is not that of the file. */
static int count_wrong(const char *path)
{
    int wrong = 0;
    char name[512];
    struct stat st;
    DIR *dir = opendir(path);
    for (struct dirent *entry; dir && (entry = readdir(dir));) {
        snprintf(name, sizeof name, "%s/%s", path, entry->d_name);
        if (strcmp(entry->d_name, "..") == 0 || lstat(name, &st) < 0)
            continue; /* a process that has ended meanwhile */
        wrong += st.st_ino != entry->d_ino ||
                 (entry->d_type != DT_UNKNOWN && entry->d_type != (st.st_mode & S_IFMT) >> 12);
        if (st.st_ino != entry->d_ino)
            NOTE("%s: %lu, but %lu", name, (unsigned long)entry->d_ino, (unsigned long)st.st_ino);
    }
    closedir(dir);
    return wrong;
}

static void check_numbers(void)
{
    char path[64];
    snprintf(path, sizeof path, "/proc/self/task/%d/fd", getpid());
    CHECK_EQ(count_wrong("/proc"), 0);
    CHECK_EQ(count_wrong("/proc/self/"), 0);
    CHECK_EQ(count_wrong("/proc/self/task"), 0);
    CHECK_EQ(count_wrong("/proc/self/fdinfo"), 0);
    CHECK_EQ(count_wrong(path), 0);
    CHECK_EQ(count_wrong("/proc/sys/kernel"), 0);
    CHECK_EQ(count_wrong("/sys/devices/system/cpu"), 0);
    CHECK_EQ(count_wrong("/sys/devices/system/cpu/cpu0/topology"), 0);
}

/* The kernel's configuration, compressed, or nothing, as on a Linux that was built without it. */
static void check_config(void)
{
    unsigned char head[2] = {0};
    int fd = open("/proc/config.gz", O_RDONLY);
    CHECK(fd < 0 ? errno == ENOENT : read(fd, head, 2) == 2 && head[0] == 0x1f && head[1] == 0x8b);
    close(fd);
}

/* ---- Kernel stacks ---- */

enum { THREADS = 640, STACK = 65536, MOST_CPUS = 8 };

static int end_at_once(void *arg)
{
    (void)arg;
    return 0;
}

/* How often processors have asked others to flush, or to call a function. */
static long requests(void)
{
    long sum = 0;
    slurp("/proc/interrupts", 4096);
    char *at = (char *)field("CAL:");
    for (long i = sysconf(_SC_NPROCESSORS_ONLN); at && i > 0; i--)
        sum += strtol(at, &at, 10);
    return at ? sum : -1;
}

/* Starts threads, each when the last one has ended; how many. */
static int start_threads(void)
{
    enum {
        THREAD = CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD |
                 CLONE_PARENT_SETTID | CLONE_CHILD_CLEARTID
    };
    static char stack[STACK] __attribute__((aligned(16)));
    static int tid;
    int started = 0;
    for (int i = 0; i < THREADS; i++) {
        started += clone(end_at_once, stack + STACK, THREAD, NULL, &tid, NULL, &tid) > 0;
        while (__atomic_load_n(&tid, __ATOMIC_ACQUIRE))
            sched_yield();
    }
    return started;
}

/* A thread that ends leaves its kernel stack to the next one: the other processors, which are busy,
 * are not told each time to forget it. */
static void check_stacks(void)
{
    int n_cpus = (int)sysconf(_SC_NPROCESSORS_ONLN);
    pid_t busy[MOST_CPUS];
    if (access("/proc/kcounts", F_OK) < 0) {
        SKIP("threads end and no processor is told", "others use the machine");
        return;
    }
    fflush(stdout);
    for (int i = 1; i < n_cpus; i++)
        if ((busy[i] = fork()) == 0)
            for (;;)
                ;
    long before = requests();
    int started = start_threads();
    long after = requests();
    for (int i = 1; i < n_cpus; i++) {
        kill(busy[i], SIGKILL);
        status_of(busy[i]);
    }
    NOTE("%ld requests, then %ld", before, after);
    check_verdict(started == THREADS && before >= 0 && after - before < THREADS / 4,
                  "threads end and no processor is told");
}

int main(void)
{
    check_config();
    check_stacks();
    check_interrupts();
    check_slabs();
    check_blocks();
    check_consoles();
    check_numbers();
    return check_done();
}
