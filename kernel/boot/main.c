/* From the loader to the first program: the rooms are started one by one, from the lowest floor up.
 *
 * The order is forced. Without the log and the trap handlers, an error could not be reported.
 * Without the loader's information it is not known how much memory there is. Page tables and frames
 * come before the other processors, which need them; the file system before devices, /proc and
 * programs, which are files. boot_main() is the list of these steps. Each panics if it fails. */
/* SPDX-License-Identifier: MIT */
#include "boot.h"

#include "abi/errno.h"
#include "annex.h"
#include "dev.h"
#include "hooks.h"
#include "ipc.h"
#include "mm.h"
#include "proc.h"
#include "ramfs.h"
#include "sched.h"
#include "syscall.h"
#include "trap.h"
#include "vfs.h"

static struct boot_info boot;
static struct fs_context kernel_context;

/* What lower rooms ask of upper ones; hooks.h says what each is for. */
static void set_hooks(void)
{
    hooks = (struct hooks){
        .trap = trap_enter,
        .syscall = syscall_enter,
        .log_line = log_line,
        .report_panic = panic_report,
        .alloc = kmalloc,
        .free = kfree,
        .resched = sched_let_run,
        .caller_rights = proc_caller_rights,
        .raise = proc_raise,
        .jobs = &proc_jobs,
    };
}

/* After this, errors can be reported: there is a log, and a panic has its report. */
static void start_reports(void)
{
    log_init();
    set_hooks();
    x86_init_early();
}

/* root=START,SIZE: a root archive that lies in memory already, both numbers hexadecimal with 0x. It
 * is as good as a module. */
static void find_root(void)
{
    char value[48];
    uint64_t start, size;
    if (!boot_option(boot.command_line, "root", value, sizeof(value)))
        return;
    const char *comma = strchr(value, ',');
    if (!comma || strncmp(value, "0x", 2) != 0 || strncmp(comma, ",0x", 3) != 0 ||
        !number_parse(value + 2, (size_t)(comma - value) - 2, 16, &start) ||
        !number_parse(comma + 3, strlen(comma + 3), 16, &size) || start % PAGE_SIZE ||
        start >= x86_memory_limit() || size > x86_memory_limit() - start)
        panic("root=%s: it is root=0xSTART,0xSIZE, of memory that there is", value);
    if (boot.n_modules < BOOT_MAX_MODULES)
        boot.modules[boot.n_modules++] = (struct memory_range){start, start + size};
}

static void read_loader(struct boot_raw raw)
{
    if (raw.protocol != BOOT_MULTIBOOT2)
        boot_read_pvh(raw.info, &boot);
    else if (annex_hooks.read_multiboot2)
        annex_hooks.read_multiboot2(raw.info, &boot);
    else
        panic("this kernel cannot be loaded by GRUB: it has no annex `grub`");
    klog("Ouros, loaded by %s: %s", boot.loader, boot.command_line);
    find_root();
}

enum { TABLE_PAGES = 64 }; /* enough for the page tables of all the memory that QEMU gives */

/* A free range for the tables of the direct map. It must be in the first GB, which start.S has
 * mapped. */
static struct memory_range *spare_range(struct memory_range *free, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (free[i].start + TABLE_PAGES * PAGE_SIZE <= min(free[i].end, 1ull << 30))
            return &free[i];
    panic("there is too little memory in the first GB");
}

/* The memory of the modules is not free until they are unpacked. An empty range at the end of each
 * tells mm that memory extends to there. */
static void start_memory(void)
{
    static struct memory_range free[BOOT_MAX_RANGES + BOOT_MAX_MODULES];
    size_t n = boot_free_memory(&boot, free, BOOT_MAX_RANGES);
    if (n == 0)
        panic("the loader says that there is no memory");
    x86_map_memory(free[n - 1].end, spare_range(free, n));
    for (uint32_t i = 0; i < boot.n_modules; i++) {
        uint64_t end = align_up(boot.modules[i].end, PAGE_SIZE);
        free[n + i] = (struct memory_range){end, end};
    }
    mm_init(free, n + boot.n_modules);
}

static void run_other_cpu(void)
{
    sched_init_cpu();
    sched_idle();
}

static void start_processors(void)
{
    x86_init_devices(boot.rsdp);
    sched_init();
    x86_start_others(run_other_cpu);
    klog("boot: %u processors, TSC at %lu MHz", n_cpus, clock_frequency() / 1000000);
}

/* Seeds the random generator, and from it the hash tables, with what the processor offers and with
 * the time. */
static void stir_random(void)
{
    uint64_t seed[4] = {cycle_count(), clock_boot_realtime_ns()};
    random_hardware(&seed[2]);
    random_hardware(&seed[3]);
    random_stir(seed, sizeof(seed));
    random_fill(&hash_seed, sizeof(hash_seed));
}

void boot_mount(struct fs_context *fs, const char *path, uint32_t permissions,
                struct filesystem *filesystem)
{
    const struct new_inode directory = {.mode = S_IFDIR | permissions};
    if (!filesystem)
        panic("no memory for %s", path);
    vfs_make(fs, path, &directory);
    int err = vfs_mount(fs, path, filesystem);
    if (err)
        panic("%s cannot be mounted: error %d", path, -err);
}

/* What is built besides the rooms and has something to do at this stage. */
static void start_annexes(enum annex_stage stage)
{
    for (const struct annex *annex = annexes; annex < annexes_end; annex++)
        if (annex->stage == stage)
            annex->start(&kernel_context, boot.command_line);
}

static void start_files(void)
{
    char console[16];
    struct filesystem *root = ramfs_create("ramfs", 0755);
    if (!root)
        panic("no memory for the root file system");
    vfs_init(root, &kernel_context);
    ipc_init();
    for (uint32_t i = 0; i < boot.n_modules; i++)
        boot_unpack(&kernel_context, &boot.modules[i]);
    file_max_init();
    if (!boot_option(boot.command_line, "console", console, sizeof(console)))
        strlcpy(console, "ttyS0", sizeof(console));
    boot_mount(&kernel_context, "/dev", 0755, ramfs_create("devtmpfs", 0755));
    start_annexes(ANNEX_DEVICES);
    dev_init(&kernel_context, console);
    start_annexes(ANNEX_FILES);
}

enum { MAX_INIT_ARGS = 16 };

/* Cuts the command line into words and stores those that are not for the kernel; the result is how
 * many. */
static size_t init_arguments(char *line, char **argv, size_t limit)
{
    size_t n = 0;
    while (*line) {
        while (*line == ' ')
            *line++ = '\0';
        if (!*line)
            break;
        bool ours = strncmp(line, "console=", 8) == 0 || strncmp(line, "init=", 5) == 0 ||
                    strncmp(line, "root=", 5) == 0 || strncmp(line, "poison", 6) == 0;
        if (!ours && n < limit)
            argv[n++] = line;
        while (*line && *line != ' ')
            line++;
    }
    return n;
}

static void start_init(void)
{
    static char path[256], line[BOOT_COMMAND_LINE];
    static char *argv[MAX_INIT_ARGS + 2], *envp[] = {"HOME=/", "TERM=linux", NULL};
    if (!boot_option(boot.command_line, "init", path, sizeof(path)))
        strlcpy(path, "/sbin/init", sizeof(path));
    strlcpy(line, boot.command_line, sizeof(line));
    argv[0] = path;
    argv[1 + init_arguments(line, argv + 1, MAX_INIT_ARGS)] = NULL;
    int err = proc_start_init(path, argv, envp, &kernel_context);
    if (err < 0)
        panic("the first program, %s, does not start: error %d", path, -err);
}

/* start.S calls this on the boot stack. */
_Noreturn void boot_main(struct boot_raw raw);
void boot_main(struct boot_raw raw)
{
    start_reports();
    start_annexes(ANNEX_REPORTS);
    read_loader(raw);
    char none[2];
    objects_poisoned = boot_option(boot.command_line, "poison", none, sizeof(none));
    start_memory();
    start_processors();
    stir_random();
    start_files();
    proc_init();
    start_annexes(ANNEX_START);
    start_init();
    sched_idle();
}
