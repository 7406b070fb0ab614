/* /proc/PID/status and statm: sizes that fit together and follow what the process does. Where
 * versions of Linux differ (Kthread, untag_mask ...) nothing is checked.
 * needs: procfs users settings */
#include "proc_text.h"

enum { MB = 1 << 20 };

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

int main(void)
{
    free(malloc(100));
    check_sizes();
    check_growth(MAP_PRIVATE, "RssAnon:");
    check_growth(MAP_SHARED, "RssShmem:");
    check_file_pages();
    check_statm();
    check_rights();
    check_places();
    return check_done();
}
