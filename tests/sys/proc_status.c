/* /proc/PID/status and statm: sizes that fit together and follow what the process does. Where
 * versions of Linux differ (Kthread, untag_mask ...) nothing is checked.
 * needs: procfs users settings */
/* SPDX-License-Identifier: MIT */
#include "proc_text.h"
#include <sys/resource.h>
#include <sys/wait.h>

enum { MB = 1 << 20, SLACK = 1024 /* kB that counts may be off */ };

static void check_sizes(void)
{
    CHECK(slurp("/proc/self/status", 4096) > 0);
    long size = number("VmSize:"), resident = number("VmRSS:");
    CHECK(size > 0 && resident > 0 && number("VmPeak:") >= size && resident <= size);
    CHECK_EQ(number("RssAnon:") + number("RssFile:") + number("RssShmem:"), resident);
    CHECK(number("VmExe:") > 0 && number("VmLib:") >= 0 && number("VmStk:") > 0);
    CHECK(number("VmPTE:") > 0 && number("VmData:") > 0);
    CHECK_EQ(number("VmSwap:"), 0);
    CHECK_EQ(number("VmLck:"), 0);
    CHECK_EQ(number("VmPin:"), 0);
}

/* Memory that is touched is in RssAnon or RssShmem, and VmPeak remembers it. */
static void check_growth(int flags, const char *line)
{
    slurp("/proc/self/status", 4096);
    long before = number(line), size = number("VmSize:");
    char *at = mmap(NULL, 8 * MB, PROT_READ | PROT_WRITE, flags | MAP_ANONYMOUS, -1, 0);
    memset(at, 1, 4 * MB);
    slurp("/proc/self/status", 4096);
    NOTE("%s %ld, then %ld", line, before, number(line));
    CHECK(number(line) >= before + 4096 - 256 && number(line) <= before + 8192);
    CHECK(number("VmSize:") >= size + 8192);
    munmap(at, 8 * MB);
    slurp("/proc/self/status", 4096);
    CHECK(number("VmPeak:") >= size + 8192 && number("VmSize:") < size + 8192);
    CHECK(number(line) < before + 2048);
}

static void check_file_pages(void)
{
    slurp("/proc/self/status", 4096);
    long before = number("RssFile:") + number("RssShmem:");
    int fd = open("large", O_RDWR | O_CREAT | O_TRUNC, 0600);
    CHECK_OK(ftruncate(fd, MB));
    char *at = mmap(NULL, MB, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    memset(at, 1, MB);
    slurp("/proc/self/status", 4096);
    CHECK(number("RssFile:") + number("RssShmem:") >= before + 1024);
    munmap(at, MB);
    close(fd);
    unlink("large");
}

static long peak(void)
{
    slurp("/proc/self/status", 4096);
    return number("VmHWM:");
}

static long usage_peak(int who)
{
    struct rusage usage;
    CHECK_OK(getrusage(who, &usage));
    return usage.ru_maxrss;
}

static char *touched(size_t size)
{
    char *at = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    memset(at, 1, size);
    return at;
}

/* In a child that shares 16 MB with its parent: its peak is its own, and grows by what it touches,
 * not by what it has given back. Returns how many checks failed. */
static int child_peak(char *shared, long parents)
{
    int wrong = peak() > parents - 12 * 1024;
    long before = peak();
    munmap(shared, 16 * MB);
    char *again = touched(8 * MB);
    wrong += peak() > before + SLACK;
    munmap(again, 8 * MB);
    munmap(touched(32 * MB), 32 * MB);
    wrong += peak() < before + 12 * 1024 || peak() > before + 16 * 1024 + SLACK;
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return wrong + (usage.ru_maxrss < before + 12 * 1024);
}

/* The peak stays when pages are given back, and a process's over its exec. */
static void check_peak(void)
{
    struct rusage usage;
    long first = peak(), before = number("VmRSS:");
    CHECK(first >= before);
    munmap(touched(32 * MB), 32 * MB);
    long after = peak();
    NOTE("VmRSS %ld, VmHWM %ld, then %ld", before, first, after);
    CHECK(after >= before + 32 * 1024 - SLACK && after <= before + 32 * 1024 + SLACK);
    CHECK(number("VmRSS:") < before + SLACK);
    CHECK(usage_peak(RUSAGE_SELF) >= after && usage_peak(RUSAGE_SELF) <= after + SLACK);
    char *kept = touched(16 * MB);
    fflush(stdout);
    pid_t child = fork();
    if (child == 0)
        _exit(child_peak(kept, after));
    int status = -1;
    CHECK_EQ(wait4(child, &status, 0, &usage), child);
    CHECK_EQ(status, 0);
    CHECK(usage.ru_maxrss > 31 * 1024 && usage.ru_maxrss <= after + SLACK);
    munmap(kept, 16 * MB);
    child = fork();
    if (child == 0) {
        munmap(touched(64 * MB), 64 * MB);
        execl("/proc/self/exe", "proc_status", "ends", NULL);
    }
    CHECK_EQ(wait4(child, NULL, 0, &usage), child);
    CHECK(usage.ru_maxrss > 63 * 1024 && usage.ru_maxrss < 128 * 1024);
    CHECK(usage_peak(RUSAGE_CHILDREN) >= usage.ru_maxrss);
    CHECK(usage_peak(RUSAGE_SELF) <= after + SLACK);
}

static void check_statm(void)
{
    long pages[7];
    slurp("/proc/self/status", 4096);
    long program = number("VmExe:");
    CHECK(slurp("/proc/self/statm", 4096) > 0);
    CHECK_EQ(sscanf(text, "%ld %ld %ld %ld %ld %ld %ld", pages, pages + 1, pages + 2, pages + 3,
                    pages + 4, pages + 5, pages + 6),
             7);
    CHECK(pages[2] <= pages[1] && pages[1] <= pages[0] && pages[4] == 0 && pages[6] == 0);
    CHECK(labs(pages[3] * 4 - program) <= 4);
}

static void check_rights(void)
{
    CHECK(slurp("/proc/self/status", 4096) > 0);
    static const char *const sets[] = {"CapInh:", "CapPrm:", "CapEff:", "CapBnd:", "CapAmb:"};
    for (size_t i = 0; i < sizeof sets / sizeof *sets; i++)
        CHECK(field(sets[i]) && strlen(field(sets[i])) == 17);
    CHECK_STR(field("CapAmb:"), "\t0000000000000000");
    CHECK_STR(field("NoNewPrivs:"), "\t0");
    CHECK(field("Seccomp:") && field("Seccomp_filters:"));
    if (!as_root("capabilities come and go with the effective user"))
        return;
    char effective[64], permitted[64];
    snprintf(effective, sizeof effective, "%s", field("CapEff:"));
    snprintf(permitted, sizeof permitted, "%s", field("CapPrm:"));
    CHECK(strcmp(effective, "\t0000000000000000") != 0);
    become(USER);
    slurp("/proc/self/status", 4096);
    CHECK_STR(field("CapEff:"), "\t0000000000000000");
    CHECK_STR(field("CapPrm:"), permitted);
    become_root();
    slurp("/proc/self/status", 4096);
    CHECK_STR(field("CapEff:"), effective);
}

static void check_places(void)
{
    slurp("/proc/self/status", 4096);
    unsigned long allowed = strtoul(field("Cpus_allowed:") + 1, NULL, 16);
    CHECK_EQ(__builtin_popcountl(allowed), sysconf(_SC_NPROCESSORS_ONLN));
    CHECK(field("Cpus_allowed_list:")[1] == '0');
    CHECK(field("Mems_allowed:") != NULL);
    CHECK_STR(field("Mems_allowed_list:"), "\t0");
    CHECK(number("voluntary_ctxt_switches:") >= 0 && number("nonvoluntary_ctxt_switches:") >= 0);
    CHECK_EQ(number("CoreDumping:"), 0);
    CHECK(number("FDSize:") >= 16 && number("Threads:") == 1);
    CHECK(strchr(field("SigQ:"), '/') != NULL);
}

int main(int argc, char **argv)
{
    (void)argv;
    if (argc > 1)
        return 0;
    free(malloc(100));
    check_sizes();
    check_growth(MAP_PRIVATE, "RssAnon:");
    check_growth(MAP_SHARED, "RssShmem:");
    check_file_pages();
    check_peak();
    check_statm();
    check_rights();
    check_places();
    return check_done();
}
