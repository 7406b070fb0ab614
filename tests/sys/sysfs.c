/* /proc/cpuinfo and /sys: the processors as lscpu, nproc and the C library read them.
 * needs: procfs files settings */
/* SPDX-License-Identifier: MIT */
#include "proc_text.h"
#include <sys/vfs.h>

#define CPUS "/sys/devices/system/cpu/"

static int n_cpus(void)
{
    return (int)sysconf(_SC_NPROCESSORS_ONLN);
}

static void check_cpuinfo(void)
{
    CHECK(slurp("/proc/cpuinfo", 4096) > 0);
    int n = 0;
    for (const char *at = text; (at = strstr(at, "processor\t:")); at++)
        n++;
    CHECK_EQ(n, n_cpus());
    static const char *const lines[] = {
        "vendor_id\t: ", "cpu family\t: ",    "model\t\t: ",       "model name\t: ",
        "stepping\t: ",  "cpu MHz\t\t: ",     "siblings\t: ",      "core id\t\t: ",
        "cpu cores\t: ", "apicid\t\t: ",      "flags\t\t: ",       "bogomips\t: ",
        "fpu\t\t: yes",  "physical id\t: ",   "cpuid level\t: ",   "bugs\t\t:",
        "wp\t\t: yes",   "power management:", "address sizes\t: ",
    };
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
        if (!check_verdict(field(lines[i]) != NULL, lines[i]))
            NOTE("no line %s", lines[i]);
    CHECK(atof(field("cpu MHz\t\t: ")) > 1);
    CHECK(atof(field("bogomips\t: ")) > atof(field("cpu MHz\t\t: ")));
    CHECK(strstr(field("flags\t\t: "), " sse2 ") && strstr(field("flags\t\t: "), " lm "));
    CHECK(strstr(field("address sizes\t: "), " bits physical, ") != NULL);
}

static void check_sets(void)
{
    char all[32], path[128];
    snprintf(all, sizeof all, n_cpus() > 1 ? "0-%d" : "%d", n_cpus() - 1);
    CHECK_STR(line_of(CPUS "online"), all);
    CHECK_STR(line_of(CPUS "possible"), all);
    CHECK_STR(line_of(CPUS "present"), all);
    CHECK_STR(line_of(CPUS "offline"), "");
    CHECK(atoi(line_of(CPUS "kernel_max")) >= n_cpus() - 1);
    CHECK_EQ(sysconf(_SC_NPROCESSORS_CONF), n_cpus());
    snprintf(path, sizeof path, CPUS "cpu%d", n_cpus());
    CHECK_ERR(open(path, O_RDONLY), ENOENT);
    CHECK_ERR(open(CPUS "cpu00", O_RDONLY), ENOENT);
    CHECK_ERR(open(CPUS "0", O_RDONLY), ENOENT);
    CHECK_ERR(open(CPUS "cpu", O_RDONLY), ENOENT);
}

/* Each processor is among its own kin. */
static bool has_kin(int cpu)
{
    static const char *const sets[] = {"core_cpus", "core_siblings", "thread_siblings"};
    char path[128];
    bool good = true;
    for (size_t i = 0; i < 3; i++) {
        snprintf(path, sizeof path, CPUS "cpu%d/topology/%s", cpu, sets[i]);
        good = good && strtoul(line_of(path), NULL, 16) >> cpu & 1;
        strcat(path, "_list");
        good = good && *line_of(path) >= '0' && *line_of(path) <= '9';
    }
    return good;
}

/* The number after the name in the part of /proc/cpuinfo that is about that processor. */
static long of_cpu(const char *name, int cpu)
{
    char line[32];
    slurp("/proc/cpuinfo", 4096);
    snprintf(line, sizeof line, "processor\t: %d\n", cpu);
    char *part = strstr(text, line);
    if (!part)
        return -1;
    memmove(text, part, strlen(part) + 1);
    return number(name);
}

static void check_topology(void)
{
    char path[128];
    bool kin = true, same = true;
    for (int i = 0; i < n_cpus(); i++) {
        kin = kin && has_kin(i);
        snprintf(path, sizeof path, CPUS "cpu%d/topology/core_id", i);
        same = same && atol(line_of(path)) == of_cpu("core id\t\t:", i);
        snprintf(path, sizeof path, CPUS "cpu%d/topology/physical_package_id", i);
        same = same && atol(line_of(path)) == of_cpu("physical id\t:", i);
    }
    CHECK(kin);
    CHECK(same);
    CHECK_ERR(open(CPUS "cpu0/topology/core_id", O_WRONLY), EACCES);
}

static void check_files(void)
{
    struct statfs fs;
    struct stat st;
    CHECK_OK(statfs("/sys", &fs));
    CHECK_EQ(fs.f_type, 0x62656572);
    CHECK_OK(stat(CPUS "online", &st));
    CHECK_EQ(st.st_size, PAGE);
    CHECK_EQ(st.st_mode, S_IFREG | 0444);
    CHECK_OK(stat(CPUS, &st));
    CHECK_EQ(st.st_mode, S_IFDIR | 0755);
    int fd = open(CPUS "online", O_RDONLY);
    CHECK_EQ(lseek(fd, 0, SEEK_END), PAGE);
    close(fd);
    CHECK(strchr(line_of("/sys/kernel/mm/transparent_hugepage/enabled"), '[') != NULL);
    CHECK_EQ(atoi(line_of("/sys/kernel/mm/transparent_hugepage/hpage_pmd_size")), 2 << 20);
    slurp("/proc/filesystems", 4096);
    CHECK(strstr(text, "nodev\tsysfs\n") && strstr(text, "nodev\tproc\n"));
    slurp("/proc/mounts", 4096);
    CHECK(strstr(text, " /sys sysfs r") != NULL);
}

int main(void)
{
    check_cpuinfo();
    check_sets();
    check_topology();
    check_files();
    return check_done();
}
