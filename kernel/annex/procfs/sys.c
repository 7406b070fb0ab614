/* /proc/sys: settings of the kernel that programs read; a few can be changed. */
/* SPDX-License-Identifier: MIT */
#include "annex/dumps/dumps.h"
#include "annex/locks/locks.h"
#include "annex/protect/protect.h"
#include "abi/limits.h"
#include "abi/utsname.h"
#include "dev.h"
#include "nodes.h"

/* ---- Names of the system ---- */

static int text_ostype(struct text *text, const struct proc_inode *of)
{
    struct utsname name;
    (void)of;
    system_name(&name);
    text_add(text, "%s\n", name.sysname);
    return 0;
}

static int text_osrelease(struct text *text, const struct proc_inode *of)
{
    struct utsname name;
    (void)of;
    system_name(&name);
    text_add(text, "%s\n", name.release);
    return 0;
}

static int text_version(struct text *text, const struct proc_inode *of)
{
    struct utsname name;
    (void)of;
    system_name(&name);
    text_add(text, "%s\n", name.version);
    return 0;
}

static int text_hostname(struct text *text, const struct proc_inode *of)
{
    struct utsname name;
    (void)of;
    system_name(&name);
    text_add(text, "%s\n", name.nodename);
    return 0;
}

/* Replaces a text from the position on, up to a newline. A write that would leave a gap is ignored,
 * and what is too long is cut (sysctl_writes_strict is 1, as on Linux). False if nothing changes.
 */
static bool replace(char *text, size_t most, const char *line, uint64_t pos)
{
    if (pos > strlen(text))
        return false;
    for (; *line && *line != '\n' && pos < most; line++)
        text[pos++] = *line;
    text[pos] = '\0';
    return true;
}

static long set_hostname(const struct proc_inode *of, char *line, size_t n, uint64_t pos)
{
    struct utsname name;
    (void)of;
    system_name(&name);
    if (replace(name.nodename, HOST_NAME_MAX, line, pos))
        system_set_hostname(name.nodename);
    return (long)n;
}

static int text_domainname(struct text *text, const struct proc_inode *of)
{
    struct utsname name;
    (void)of;
    system_name(&name);
    text_add(text, "%s\n", name.domainname);
    return 0;
}

/* ---- Core files ---- */

static int text_core_pattern(struct text *text, const struct proc_inode *of)
{
    char pattern[CORE_PATTERN_SIZE];
    (void)of;
    core_pattern_get(pattern);
    text_add(text, "%s\n", pattern);
    return 0;
}

static long set_core_pattern(const struct proc_inode *of, char *line, size_t n, uint64_t pos)
{
    char pattern[CORE_PATTERN_SIZE];
    (void)of;
    core_pattern_get(pattern);
    int err = replace(pattern, sizeof(pattern) - 1, line, pos) ? core_pattern_set(pattern) : 0;
    return err ? err : (long)n;
}

static int text_core_uses_pid(struct text *text, const struct proc_inode *of)
{
    (void)of;
    text_add(text, "%d\n", core_adds_pid());
    return 0;
}

static long set_core_uses_pid(const struct proc_inode *of, char *line, size_t n, uint64_t pos)
{
    uint64_t adds;
    size_t length = n > 0 && line[n - 1] == '\n' ? n - 1 : n;
    (void)of;
    if (pos)
        return (long)n;
    if (!number_parse(line, length, 10, &adds) || adds > INT32_MAX)
        return -EINVAL;
    core_set_adds_pid(adds);
    return (long)n;
}

/* ---- Random numbers ---- */

/* A random UUID, version 4. */
static void make_uuid(uint8_t uuid[16])
{
    random_fill(uuid, 16);
    uuid[6] = (uuid[6] & 0x0f) | 0x40;
    uuid[8] = (uuid[8] & 0x3f) | 0x80;
}

static void add_uuid(struct text *text, const uint8_t uuid[16])
{
    for (int i = 0; i < 16; i++)
        text_add(text, i == 4 || i == 6 || i == 8 || i == 10 ? "-%02x" : "%02x", uuid[i]);
    text_add(text, "\n");
}

static int text_uuid(struct text *text, const struct proc_inode *of)
{
    uint8_t uuid[16];
    (void)of;
    make_uuid(uuid);
    add_uuid(text, uuid);
    return 0;
}

/* A UUID that stays the same until the machine is started again. */
static int text_boot_id(struct text *text, const struct proc_inode *of)
{
    static struct spinlock lock = SPINLOCK("boot id", RANK_FILE);
    static uint8_t uuid[16]; /* guarded by lock; byte 6 is not 0 after it was made */
    uint8_t copy[16];
    (void)of;
    spin_lock(&lock);
    if (!uuid[6])
        make_uuid(uuid);
    memcpy(copy, uuid, sizeof(copy));
    spin_unlock(&lock);
    add_uuid(text, copy);
    return 0;
}

/* ---- Numbers ---- */

static int text_file_nr(struct text *text, const struct proc_inode *of)
{
    (void)of;
    text_add(text, "%lu\t0\t%lu\n", file_count(), __atomic_load_n(&file_max, __ATOMIC_RELAXED));
    return 0;
}

static int text_file_max(struct text *text, const struct proc_inode *of)
{
    (void)of;
    text_add(text, "%lu\n", __atomic_load_n(&file_max, __ATOMIC_RELAXED));
    return 0;
}

/* At a position other than 0 a write has no effect, as on Linux. */
static long set_file_max(const struct proc_inode *of, char *line, size_t n, uint64_t pos)
{
    uint64_t most;
    size_t length = n > 0 && line[n - 1] == '\n' ? n - 1 : n;
    (void)of;
    if (pos)
        return (long)n;
    if (!number_parse(line, length, 10, &most) || most > INT64_MAX)
        return -EINVAL;
    __atomic_store_n(&file_max, most, __ATOMIC_RELAXED);
    return (long)n;
}

/* ---- Leases ---- */

static int text_lease_break_time(struct text *text, const struct proc_inode *of)
{
    (void)of;
    text_add(text, "%d\n", __atomic_load_n(&lease_break_seconds, __ATOMIC_RELAXED));
    return 0;
}

static int text_leases_enable(struct text *text, const struct proc_inode *of)
{
    (void)of;
    text_add(text, "%d\n", __atomic_load_n(&leases_enabled, __ATOMIC_RELAXED));
    return 0;
}

/* A number with or without a sign. At a position other than 0 a write has no effect. */
static long set_int(int *value, const char *line, size_t n, uint64_t pos)
{
    uint64_t digits;
    size_t length = n > 0 && line[n - 1] == '\n' ? n - 1 : n;
    bool minus = length > 0 && *line == '-';
    if (pos)
        return (long)n;
    if (!number_parse(line + minus, length - minus, 10, &digits) || digits > INT32_MAX)
        return -EINVAL;
    __atomic_store_n(value, minus ? -(int)digits : (int)digits, __ATOMIC_RELAXED);
    return (long)n;
}

static long set_lease_break_time(const struct proc_inode *of, char *line, size_t n, uint64_t pos)
{
    (void)of;
    return set_int(&lease_break_seconds, line, n, pos);
}

static long set_leases_enable(const struct proc_inode *of, char *line, size_t n, uint64_t pos)
{
    (void)of;
    return set_int(&leases_enabled, line, n, pos);
}

/* ---- Constants ---- */

static int text_pid_max(struct text *text, const struct proc_inode *of)
{
    (void)of;
    text_add(text, "32768\n");
    return 0;
}

static int text_ngroups_max(struct text *text, const struct proc_inode *of)
{
    (void)of;
    text_add(text, "%d\n", NGROUPS_MAX);
    return 0;
}

static int text_cap_last_cap(struct text *text, const struct proc_inode *of)
{
    (void)of;
    text_add(text, "%d\n", CAP_LAST_CAP);
    return 0;
}

static int text_256(struct text *text, const struct proc_inode *of)
{
    (void)of;
    text_add(text, "256\n"); /* bits of entropy: the generator's key */
    return 0;
}

static int text_nr_open(struct text *text, const struct proc_inode *of)
{
    (void)of;
    text_add(text, "1048576\n");
    return 0;
}

static int text_pipe_max_size(struct text *text, const struct proc_inode *of)
{
    (void)of;
    text_add(text, "1048576\n");
    return 0;
}

static int text_pipe_user_pages(struct text *text, const struct proc_inode *of)
{
    (void)of;
    text_add(text, "16384\n");
    return 0;
}

static int text_overcommit(struct text *text, const struct proc_inode *of)
{
    (void)of;
    text_add(text, "1\n"); /* memory is provided when it is touched */
    return 0;
}

static int text_inode_nr(struct text *text, const struct proc_inode *of)
{
    struct mount_info info;
    uint64_t n = 0;
    (void)of;
    for (unsigned i = 0; vfs_mount_at(i, &info); i++)
        n += info.fs->n_inodes;
    text_add(text, "%lu\t0\n", n);
    return 0;
}

static int text_0(struct text *text, const struct proc_inode *of)
{
    (void)of;
    text_add(text, "0\n");
    return 0;
}

static int text_1(struct text *text, const struct proc_inode *of)
{
    (void)of;
    text_add(text, "1\n");
    return 0;
}

/* ---- The tables ---- */

static const struct proc_node random_children[] = {
    SETTING_NODE("boot_id", text_boot_id),
    SETTING_NODE("entropy_avail", text_256),
    SETTING_NODE("poolsize", text_256),
    SETTING_NODE("uuid", text_uuid),
    {},
};

static const struct proc_node kernel_children[] = {
    SETTING_NODE("cap_last_cap", text_cap_last_cap),
    SET_NODE("core_pattern", text_core_pattern, set_core_pattern),
    SET_NODE("core_uses_pid", text_core_uses_pid, set_core_uses_pid),
    SETTING_NODE("domainname", text_domainname),
    SET_NODE("hostname", text_hostname, set_hostname),
    SETTING_NODE("ngroups_max", text_ngroups_max),
    SETTING_NODE("osrelease", text_osrelease),
    SETTING_NODE("ostype", text_ostype),
    SETTING_NODE("pid_max", text_pid_max),
    {.name = "random", .mode = S_IFDIR | 0555, .children = random_children},
    SETTING_NODE("sysctl_writes_strict", text_1), /* see set_hostname */
    SETTING_NODE("tainted", text_0),
    NUMBER_NODE("threads-max", &threads_max, 1, MOST_THREADS),
    SETTING_NODE("version", text_version),
    {},
};

static const struct proc_node fs_children[] = {
    SET_NODE("file-max", text_file_max, set_file_max),
    SETTING_NODE("file-nr", text_file_nr),
    SETTING_NODE("inode-nr", text_inode_nr),
    SET_NODE("lease-break-time", text_lease_break_time, set_lease_break_time),
    SET_NODE("leases-enable", text_leases_enable, set_leases_enable),
    SETTING_NODE("nr_open", text_nr_open),
    SETTING_NODE("pipe-max-size", text_pipe_max_size),
    SETTING_NODE("pipe-user-pages-hard", text_0),
    SETTING_NODE("pipe-user-pages-soft", text_pipe_user_pages),
    NUMBER_NODE("protected_fifos", &vfs_protection.fifos, 0, 2),
    NUMBER_NODE("protected_hardlinks", &vfs_protection.hardlinks, 0, 1),
    NUMBER_NODE("protected_regular", &vfs_protection.regular, 0, 2),
    NUMBER_NODE("protected_symlinks", &vfs_protection.symlinks, 0, 1),
    {},
};

static const struct proc_node vm_children[] = {
    NUMBER_NODE("max_map_count", &max_map_count, 0, INT32_MAX),
    NUMBER_NODE("mmap_min_addr", &mmap_min_addr, 0, UINT64_MAX),
    SETTING_NODE("overcommit_memory", text_overcommit),
    {},
};

const struct proc_node proc_sys_children[] = {
    {.name = "fs", .mode = S_IFDIR | 0555, .children = fs_children},
    {.name = "kernel", .mode = S_IFDIR | 0555, .children = kernel_children},
    {.name = "vm", .mode = S_IFDIR | 0555, .children = vm_children},
    {},
};
