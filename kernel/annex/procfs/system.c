/* /proc: the table of its names, and the files about the whole machine.
 *
 * Each file is a function that asks the room in question and adds lines in Linux's form, which
 * programs parse. A field that this kernel does not have is 0 where programs need it, and otherwise
 * missing. */
/* SPDX-License-Identifier: MIT */
#include "annex/load/load.h"
#include "abi/fcntl.h"
#include "abi/sysmacros.h"
#include "abi/utsname.h"
#include "dev/tty.h"
#include "nodes.h"
#include "sched/local.h"

#define TICK_NS   10000000ul /* of /proc's clock: 100 a second */
#define SECOND_NS 1000000000ul

const char *proc_command_line = "";

int proc_text_command_line(struct text *text, const struct proc_inode *of)
{
    (void)of;
    text_add(text, "%s\n", proc_command_line);
    return 0;
}

/* ---- The processors ---- */

static uint64_t sched_n_switches(void)
{
    uint64_t sum = 0;
    for (uint32_t id = 0; id < n_cpus; id++)
        sum += run_queues[id].n_switches;
    return sum;
}

/* How long that processor was idle. */
static uint64_t sched_idle_ns(uint32_t cpu)
{
    return thread_usage(run_queues[cpu].idle).system_ns;
}

/* Adds up the times of all processes. Those of processes that have been reaped are in their
 * parents. */
static void count_times(uint64_t *user_ns, uint64_t *system_ns)
{
    struct process *process;
    *user_ns = *system_ns = 0;
    for (int pid = 0; (process = process_next(pid));) {
        spin_lock(&proc_lock);
        struct usage usage = process_usage_locked(process);
        usage_add(&usage, &process->children_usage);
        spin_unlock(&proc_lock);
        *user_ns += usage.user_ns;
        *system_ns += usage.system_ns;
        pid = process->pid;
        process_unref(process);
    }
}

/* Adds a line of /proc/stat. */
static void add_times(struct text *text, const char *name, uint64_t user, uint64_t system,
                      uint64_t idle)
{
    text_add(text, "%s %lu 0 %lu %lu 0 0 0 0 0 0\n", name, user / TICK_NS, system / TICK_NS,
             idle / TICK_NS);
}

/* Adds the lines of all processors. Idle time is counted for each processor, but the time of
 * programs only for the machine as a whole, so each processor gets its share of that. */
static void add_processors(struct text *text)
{
    char name[8];
    uint64_t user, system, up = clock_ns(), idle[MAX_CPUS] = {}, all_idle = 0;
    count_times(&user, &system);
    for (uint32_t i = 0; i < n_cpus; i++)
        all_idle += idle[i] = min(sched_idle_ns(i), up);
    uint64_t used = max(user + system, (uint64_t)1), busy = n_cpus * up - all_idle;
    uint64_t per_mille = user * 1000 / used;
    add_times(text, "cpu ", busy / 1000 * per_mille, busy - busy / 1000 * per_mille, all_idle);
    for (uint32_t i = 0; i < n_cpus; i++) {
        format(name, sizeof(name), "cpu%u", i);
        busy = up - idle[i];
        add_times(text, name, busy / 1000 * per_mille, busy - busy / 1000 * per_mille, idle[i]);
    }
}

int proc_text_machine_stat(struct text *text, const struct proc_inode *of)
{
    uint32_t load[3], n_running, n_threads;
    (void)of;
    add_processors(text);
    sched_load(load, &n_running, &n_threads);
    text_add(text, "intr %lu\nctxt %lu\nbtime %lu\nprocesses %d\n", count_interrupts(),
             sched_n_switches(), clock_boot_realtime_ns() / SECOND_NS,
             __atomic_load_n(&last_pid, __ATOMIC_RELAXED));
    text_add(text, "procs_running %u\nprocs_blocked 0\n", n_running);
    return 0;
}

int proc_text_loadavg(struct text *text, const struct proc_inode *of)
{
    uint32_t load[3], n_running, n_threads;
    (void)of;
    sched_load(load, &n_running, &n_threads);
    for (int i = 0; i < 3; i++)
        text_add(text, "%u.%02u ", load[i] >> 16, (load[i] & 0xffff) * 100 >> 16);
    text_add(text, "%u/%u %d\n", n_running, n_threads,
             __atomic_load_n(&last_pid, __ATOMIC_RELAXED));
    return 0;
}

int proc_text_uptime(struct text *text, const struct proc_inode *of)
{
    uint64_t up = clock_ns(), idle = 0;
    (void)of;
    for (uint32_t i = 0; i < n_cpus; i++)
        idle += sched_idle_ns(i);
    text_add(text, "%lu.%02lu %lu.%02lu\n", up / SECOND_NS, up / TICK_NS % 100, idle / SECOND_NS,
             idle / TICK_NS % 100);
    return 0;
}

/* ---- Memory ---- */

static void add_memory(struct text *text, const char *name, uint64_t n_frames)
{
    text_add(text, "%-15s %8lu kB\n", name, n_frames * (PAGE_SIZE / 1024));
}

/* Files have no copy on a disk, so their memory cannot be reclaimed: it counts as shared, not as
 * available. */
int proc_text_meminfo(struct text *text, const struct proc_inode *of)
{
    struct memory_counts counts;
    (void)of;
    memory_count(&counts);
    add_memory(text, "MemTotal:", counts.total_frames);
    add_memory(text, "MemFree:", counts.free_frames);
    add_memory(text, "MemAvailable:", counts.free_frames);
    add_memory(text, "Buffers:", 0);
    add_memory(text, "Cached:", counts.by_use[FRAME_FILE]);
    add_memory(text, "SwapCached:", 0);
    add_memory(text, "Active:", counts.by_use[FRAME_USER]);
    add_memory(text, "Inactive:", 0);
    add_memory(text, "SwapTotal:", 0);
    add_memory(text, "SwapFree:", 0);
    add_memory(text, "Dirty:", 0);
    add_memory(text, "Writeback:", 0);
    add_memory(text, "AnonPages:", counts.by_use[FRAME_USER]);
    add_memory(text, "Shmem:", counts.by_use[FRAME_FILE]);
    add_memory(text, "Slab:", counts.by_use[FRAME_OBJECTS]);
    add_memory(text, "SReclaimable:", 0);
    add_memory(text, "SUnreclaim:", counts.by_use[FRAME_OBJECTS]);
    add_memory(text, "KernelStack:", counts.by_use[FRAME_STACK]);
    add_memory(text, "PageTables:", counts.by_use[FRAME_TABLE]);
    return 0;
}

/* Pages by use. There is no disk to read from. */
static int text_vmstat(struct text *text, const struct proc_inode *of)
{
    struct memory_counts counts;
    (void)of;
    memory_count(&counts);
    text_add(text, "nr_free_pages %lu\nnr_anon_pages %lu\nnr_file_pages %lu\n", counts.free_frames,
             counts.by_use[FRAME_USER], counts.by_use[FRAME_FILE]);
    text_add(text, "nr_page_table_pages %lu\n", counts.by_use[FRAME_TABLE]);
    text_add(text, "pgpgin 0\npgpgout 0\npswpin 0\npswpout 0\n");
    return 0;
}

/* Free blocks of 1, 2, 4 ... pages. All memory is in one zone of one node. */
static int text_buddyinfo(struct text *text, const struct proc_inode *of)
{
    uint64_t counts[MAX_ORDER + 1];
    (void)of;
    memory_blocks(counts);
    text_add(text, "Node 0, zone %8s ", "Normal");
    for (int order = 0; order <= MAX_ORDER; order++)
        text_add(text, "%6lu ", counts[order]);
    text_add(text, "\n");
    return 0;
}

/* ---- Names ---- */

/* The one console is enabled (E) and preferred (C). Programs read and write it; the kernel's
 * messages are written to another port, which is not a terminal. */
static int text_consoles(struct text *text, const struct proc_inode *of)
{
    const struct tty *tty = console_tty;
    (void)of;
    if (!tty)
        return 0;
    uint64_t device = tty->rdev;
    text_add(text, "%-20s RW- (EC     ) %4u:%u\n", tty->name, MAJOR_OF(device), MINOR_OF(device));
    return 0;
}

int proc_text_version(struct text *text, const struct proc_inode *of)
{
    struct utsname name;
    (void)of;
    system_name(&name);
    text_add(text, "%s version %s %s\n", name.sysname, name.release, name.version);
    return 0;
}

int proc_text_devices(struct text *text, const struct proc_inode *of)
{
    uint32_t last = UINT32_MAX;
    const struct device *device;
    (void)of;
    text_add(text, "Character devices:\n");
    for (uint32_t wanted = 0; wanted < 512; wanted++)
        for (unsigned i = 0; (device = device_at(i)); i++) {
            if (device->major != wanted || wanted == last)
                continue;
            text_add(text, "%3u %s\n", wanted, wanted == 1 ? "mem" : device->name);
            last = wanted;
        }
    text_add(text, "\nBlock devices:\n");
    return 0;
}

int proc_text_partitions(struct text *text, const struct proc_inode *of)
{
    (void)of;
    text_add(text, "major minor  #blocks  name\n\n"); /* there are no block devices */
    return 0;
}

int proc_text_swaps(struct text *text, const struct proc_inode *of)
{
    (void)of;
    text_add(text, "Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n");
    return 0;
}

/* No resource is limited by groups of processes. */
static int text_cgroups(struct text *text, const struct proc_inode *of)
{
    (void)of;
    text_add(text, "#subsys_name\thierarchy\tnum_cgroups\tenabled\n");
    return 0;
}

/* A list that is always empty: there are no block devices. */
int proc_text_nothing(struct text *text, const struct proc_inode *of)
{
    (void)text, (void)of;
    return 0;
}

int proc_text_filesystems(struct text *text, const struct proc_inode *of)
{
    struct mount_info info;
    (void)of;
    for (unsigned i = 0; vfs_mount_at(i, &info); i++)
        text_add(text, "nodev\t%s\n", info.fs->type);
    text_add(text, "nodev\tpipefs\n");
    return 0;
}

/* ---- The root of /proc ---- */

static long read_self(const struct proc_inode *of, char *buf, size_t size)
{
    char text[32];
    (void)of;
    size_t n = format(text, sizeof(text), "%d", current_process()->pid);
    n = min(n, size);
    memcpy(buf, text, n);
    return n;
}

static long read_thread_self(const struct proc_inode *of, char *buf, size_t size)
{
    char text[48];
    (void)of;
    struct thread *self = current_thread();
    size_t n = format(text, sizeof(text), "%d/task/%d", self->process->pid, self->tid);
    n = min(n, size);
    memcpy(buf, text, n);
    return n;
}

static long read_mounts(const struct proc_inode *of, char *buf, size_t size)
{
    static const char target[] = "self/mounts";
    (void)of;
    size_t n = min(sizeof(target) - 1, size);
    memcpy(buf, target, n);
    return n;
}

static long next_process(const struct proc_inode *dir, long from)
{
    (void)dir;
    if (from > INT32_MAX)
        return -ENOENT;
    struct process *process = process_next(from - 1);
    if (!process)
        return -ENOENT;
    int pid = process->pid;
    process_unref(process);
    return pid;
}

/* Only the first letter counts, as on Linux. */
static long write_sysrq(const struct proc_inode *of, char *line, size_t n)
{
    (void)of;
    if (n > 0 && annex_hooks.sysrq)
        annex_hooks.sysrq(line[0]);
    return (long)n;
}

/* clang-format off */
#define FILE_NODE(n, t) {.name = n, .mode = S_IFREG | 0444, .text = t}
#define LINK_NODE(n, r) {.name = n, .mode = S_IFLNK | 0777, .readlink = r}
/* clang-format on */

static const struct proc_node root_children[] = {
    FILE_NODE("buddyinfo", text_buddyinfo),
    FILE_NODE("cgroups", text_cgroups),
    FILE_NODE("cmdline", proc_text_command_line),
    FILE_NODE("consoles", text_consoles),
    FILE_NODE("cpuinfo", proc_text_cpuinfo),
    FILE_NODE("devices", proc_text_devices),
    FILE_NODE("diskstats", proc_text_nothing),
    FILE_NODE("filesystems", proc_text_filesystems),
    FILE_NODE("interrupts", proc_text_interrupts),
    FILE_NODE("loadavg", proc_text_loadavg),
    {.name = "locks", .mode = S_IFREG | 0444, .piece = proc_piece_locks},
    FILE_NODE("meminfo", proc_text_meminfo),
    LINK_NODE("mounts", read_mounts),
    FILE_NODE("partitions", proc_text_partitions),
    LINK_NODE("self", read_self),
    FILE_NODE("stat", proc_text_machine_stat),
    {.name = "sysrq-trigger", .mode = S_IFREG | 0200, .write = write_sysrq},
    FILE_NODE("swaps", proc_text_swaps),
    {.name = "sys", .mode = S_IFDIR | 0555, .children = proc_sys_children},
    LINK_NODE("thread-self", read_thread_self),
    FILE_NODE("uptime", proc_text_uptime),
    FILE_NODE("version", proc_text_version),
    FILE_NODE("vmstat", text_vmstat),
    {},
};

const struct proc_node proc_root_node = {
    .mode = S_IFDIR | 0555,
    .children = root_children,
    .each = &proc_process_node,
    .next = next_process,
};
