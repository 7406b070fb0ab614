/* /proc/sys: the settings of the kernel that programs ask for; a few may be changed. */
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

/* The part of the name from the position on is replaced, up to a newline; what would leave a gap is
 * ignored, and what is too long is cut (Linux's sysctl_writes_strict 1). */
static long set_hostname(const struct proc_inode *of, char *line, size_t n, uint64_t pos)
{
    struct utsname name;
    (void)of;
    system_name(&name);
    if (pos > strlen(name.nodename))
        return (long)n;
    for (; *line && *line != '\n' && pos < HOST_NAME_MAX; line++)
        name.nodename[pos++] = *line;
    name.nodename[pos] = '\0';
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

/* The same until the machine starts again. */
static int text_boot_id(struct text *text, const struct proc_inode *of)
{
    static struct spinlock lock = SPINLOCK("boot id", RANK_FILE);
    static uint8_t uuid[16]; /* guarded by lock; byte 6 is other than 0 once it is made */
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
    text_add(text, "%lu\t0\t%lu\n", file_count(), file_max());
    return 0;
}

static int text_file_max(struct text *text, const struct proc_inode *of)
{
    (void)of;
    text_add(text, "%lu\n", file_max());
    return 0;
}

/* At a position other than 0 nothing happens, as on Linux. */
static long set_file_max(const struct proc_inode *of, char *line, size_t n, uint64_t pos)
{
    uint64_t most;
    size_t length = n > 0 && line[n - 1] == '\n' ? n - 1 : n;
    (void)of;
    if (pos)
        return (long)n;
    if (!number_parse(line, length, 10, &most) || most > INT64_MAX)
        return -EINVAL;
    file_set_max(most);
    return (long)n;
}

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
    text_add(text, "1\n"); /* memory is found when it is touched */
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

// clang-format off
#define FILE_NODE(n, t) \
    {.name = n, .mode = S_IFREG | 0444, .binding = true, .has_end = true, .text = t}
// clang-format on

static const struct proc_node random_children[] = {
    FILE_NODE("boot_id", text_boot_id),
    FILE_NODE("entropy_avail", text_256),
    FILE_NODE("poolsize", text_256),
    FILE_NODE("uuid", text_uuid),
    {},
};

static const struct proc_node kernel_children[] = {
    FILE_NODE("cap_last_cap", text_cap_last_cap),
    FILE_NODE("domainname", text_domainname),
    {
        .name = "hostname",
        .mode = S_IFREG | 0644,
        .binding = true,
        .has_end = true,
        .text = text_hostname,
        .set = set_hostname,
    },
    FILE_NODE("ngroups_max", text_ngroups_max),
    FILE_NODE("osrelease", text_osrelease),
    FILE_NODE("ostype", text_ostype),
    FILE_NODE("pid_max", text_pid_max),
    {.name = "random", .mode = S_IFDIR | 0555, .children = random_children},
    FILE_NODE("sysctl_writes_strict", text_1), /* see set_hostname */
    FILE_NODE("tainted", text_0),
    FILE_NODE("version", text_version),
    {},
};

static const struct proc_node fs_children[] = {
    {
        .name = "file-max",
        .mode = S_IFREG | 0644,
        .binding = true,
        .has_end = true,
        .text = text_file_max,
        .set = set_file_max,
    },
    FILE_NODE("file-nr", text_file_nr),
    FILE_NODE("inode-nr", text_inode_nr),
    FILE_NODE("nr_open", text_nr_open),
    FILE_NODE("pipe-max-size", text_pipe_max_size),
    FILE_NODE("pipe-user-pages-hard", text_0),
    FILE_NODE("pipe-user-pages-soft", text_pipe_user_pages),
    {},
};

static const struct proc_node vm_children[] = {
    FILE_NODE("overcommit_memory", text_overcommit),
    {},
};

const struct proc_node proc_sys_children[] = {
    {.name = "fs", .mode = S_IFDIR | 0555, .children = fs_children},
    {.name = "kernel", .mode = S_IFDIR | 0555, .children = kernel_children},
    {.name = "vm", .mode = S_IFDIR | 0555, .children = vm_children},
    {},
};
