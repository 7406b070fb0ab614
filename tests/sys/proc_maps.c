/* /proc/PID/smaps, smaps_rollup and the modes of fd's links; large texts in small pieces.
 * needs: procfs */
/* SPDX-License-Identifier: MIT */
#include "proc_text.h"

enum { MB = 1 << 20, AREAS = 3000 };

/* The sum of the lines of that name. */
static long sum_of(const char *name)
{
    long sum = 0;
    for (const char *at = text; (at = strstr(at, name)); at++)
        if (at == text || at[-1] == '\n')
            sum += atol(at + strlen(name));
    return sum;
}

/* Whether smaps says that of the area that begins at the address. */
static long of_area(const void *at, const char *name)
{
    char start[32];
    slurp("/proc/self/smaps", 4096);
    snprintf(start, sizeof start, "%08lx-", (unsigned long)at);
    char *area = strstr(text, start);
    if (!area)
        return -1;
    memmove(text, area, strlen(area) + 1);
    return number(name);
}

static void check_smaps(void)
{
    char *at = mmap(NULL, MB, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    char *wall = mmap(NULL, PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    CHECK_OK(mprotect(at + MB / 2, MB / 2, PROT_NONE)); /* an area of its own, whatever is beside */
    memset(at, 1, 4 * PAGE);
    CHECK_OK(mprotect(at, PAGE, PROT_READ));
    CHECK_EQ(of_area(at, "Size:"), 4);
    CHECK_EQ(of_area(at, "Rss:"), 4);
    CHECK_EQ(of_area(at, "Pss:"), 4);
    CHECK_EQ(of_area(at, "Anonymous:"), 4);
    CHECK_EQ(of_area(at, "Private_Dirty:"), 4);
    CHECK_EQ(of_area(at, "Shared_Dirty:"), 0);
    CHECK_EQ(of_area(at, "KernelPageSize:"), 4);
    CHECK_EQ(of_area(at, "Swap:"), 0);
    CHECK(of_area(at, "VmFlags: rd") >= 0);
    munmap(at, MB);
    munmap(wall, PAGE);
}

/* After a fork both halves have half, and what one writes is its own again. */
static void check_share(void)
{
    char *at = mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    CHECK_OK(mprotect(at + PAGE, PAGE, PROT_NONE));
    *at = 1;
    pid_t child = child_that_pauses();
    CHECK_EQ(of_area(at, "Rss:"), 4);
    CHECK_EQ(of_area(at, "Pss:"), 2);
    CHECK_EQ(of_area(at, "Shared_Dirty:") + of_area(at, "Shared_Clean:"), 4);
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
    *at = 2;
    CHECK_EQ(of_area(at, "Pss:"), 4);
    CHECK_EQ(of_area(at, "Private_Dirty:"), 4);
    munmap(at, 2 * PAGE);
}

static void check_rollup(void)
{
    CHECK(slurp("/proc/self/smaps_rollup", 4096) > 0);
    CHECK(strstr(text, "[rollup]\n") != NULL);
    long rollup = number("Rss:");
    slurp("/proc/self/smaps", 4096);
    CHECK(labs(sum_of("Rss:") - rollup) <= 64); /* the stack and the buffers may grow meanwhile */
    CHECK(rollup > 0);
}

/* Many areas, read in small pieces: each line is whole, none is missing, none comes twice. */
static void check_many(void)
{
    char *at = mmap(NULL, 2l * AREAS * PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    for (long i = 0; i < AREAS; i++)
        mprotect(at + 2 * i * PAGE, PAGE, PROT_NONE);
    FILE *maps = fopen("/proc/self/maps", "r");
    setvbuf(maps, NULL, _IOFBF, 100);
    unsigned long start, end, last = 0;
    char line[512];
    int n = 0;
    bool ordered = true;
    while (fgets(line, sizeof line, maps)) {
        bool good = sscanf(line, "%lx-%lx ", &start, &end) == 2 && start >= last && end > start;
        ordered = ordered && good && strchr(line, '\n');
        last = end;
        n += (char *)start >= at && (char *)end <= at + 2l * AREAS * PAGE;
    }
    CHECK(ordered);
    CHECK(n >= 2 * AREAS - 1);
    char first[8], again[8];
    CHECK_EQ(pread(fileno(maps), first, 8, 0), 8);
    CHECK(pread(fileno(maps), again, 8, 100000) == 8);
    CHECK(pread(fileno(maps), again, 8, 0) == 8 && memcmp(first, again, 8) == 0);
    fclose(maps);
    munmap(at, 2l * AREAS * PAGE);
}

static void check_seek(void)
{
    static const char *const files[] = {"/proc/self/maps", "/proc/self/status", "/proc/uptime"};
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        int fd = open(files[i], O_RDONLY);
        CHECK_ERR(lseek(fd, 0, SEEK_END), EINVAL);
        CHECK_ERR(lseek(fd, -1, SEEK_SET), EINVAL);
        CHECK_EQ(lseek(fd, 3, SEEK_SET), 3);
        CHECK_EQ(lseek(fd, 2, SEEK_CUR), 5);
        close(fd);
    }
}

static void check_links(void)
{
    static const struct {
        int flags;
        mode_t mode;
    } kinds[] = {{O_RDONLY, 0500}, {O_WRONLY, 0300}, {O_RDWR, 0700}};
    struct stat st;
    char path[64];
    for (size_t i = 0; i < 3; i++) {
        int fd = open("/dev/null", kinds[i].flags);
        snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
        CHECK_OK(lstat(path, &st));
        CHECK_EQ(st.st_mode, S_IFLNK | kinds[i].mode);
        CHECK_EQ(st.st_size, 64);
        close(fd);
    }
    CHECK_OK(stat("/proc/self/task", &st));
    CHECK_EQ(st.st_nlink, 3);
    CHECK_OK(stat("/proc/self/fd", &st));
    CHECK_EQ(st.st_nlink, 2);
    CHECK(stat("/proc/self", &st) == 0 && st.st_nlink > 2);
    CHECK(stat("/proc", &st) == 0 && st.st_nlink > 3);
}

static void check_disks(void)
{
    CHECK(strncmp(line_of("/proc/partitions"), "major minor  #blocks  name", 26) == 0);
    CHECK(strncmp(line_of("/proc/swaps"), "Filename\t\t\t\tType\t\tSize\t\t", 24) == 0);
    CHECK(slurp("/proc/diskstats", 4096) >= 0);
    CHECK(slurp("/proc/vmstat", 4096) > 0);
    CHECK(number("nr_free_pages ") > 0 && number("nr_page_table_pages ") > 0);
    CHECK(number("nr_anon_pages ") > 0 && number("nr_file_pages ") > 0);
    CHECK(number("pgpgin ") >= 0 && number("pswpout ") >= 0);
}

int main(void)
{
    check_smaps();
    check_share();
    check_rollup();
    check_many();
    check_seek();
    check_links();
    check_disks();
    return check_done();
}
