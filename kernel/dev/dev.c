/* Starts all devices and makes their names in /dev, with Linux's numbers and permissions. */
#include "abi/errno.h"
#include "abi/stat.h"
#include "abi/sysmacros.h"
#include "devices.h"

#define TTY_GROUP 5

static const struct {
    const char *name;
    uint32_t permissions, gid;
} modes[] = {
    {"null", 0666, 0},          {"zero", 0666, 0},        {"full", 0666, 0},
    {"random", 0666, 0},        {"urandom", 0666, 0},     {"kmsg", 0644, 0},
    {"console", 0600, 0},       {"tty", 0666, TTY_GROUP}, {"tty1", 0600, TTY_GROUP},
    {"ttyS0", 0660, TTY_GROUP}, {"hostio", 0666, 0},      {"hosterr", 0666, 0},
};

static const char *const links[][2] = {
    {"/dev/fd", "/proc/self/fd"},
    {"/dev/stdin", "/proc/self/fd/0"},
    {"/dev/stdout", "/proc/self/fd/1"},
    {"/dev/stderr", "/proc/self/fd/2"},
};

/* Makes a name; one that the root's archive brought stays as it is. */
static void make(struct fs_context *fs, const char *path, const struct new_inode *what)
{
    int err = vfs_make(fs, path, what);
    if (err && err != -EEXIST)
        panic("cannot make %s: error %d", path, -err);
}

/* Makes the node of a registered device. */
static void make_node(struct fs_context *fs, const char *name, uint64_t rdev)
{
    char path[32];
    struct new_inode node = {.mode = S_IFCHR | 0600, .rdev = rdev};
    for (size_t i = 0; i < ARRAY_SIZE(modes); i++) {
        if (strcmp(modes[i].name, name) != 0)
            continue;
        node.mode = S_IFCHR | modes[i].permissions;
        node.gid = modes[i].gid;
    }
    format(path, sizeof(path), "/dev/%s", name);
    make(fs, path, &node);
}

void dev_init(struct fs_context *fs, const char *console)
{
    const char *name;
    uint32_t major, minor;
    memory_devices_init();
    screen_init();
    serial_tty_init();
    hostio_init();
    tty_init_devices(console);
    make(fs, "/dev", &(struct new_inode){.mode = S_IFDIR | 0755});
    make(fs, "/dev/shm", &(struct new_inode){.mode = S_IFDIR | 01777}); /* shm_open, sem_open */
    for (unsigned i = 0; device_at(i, &major, &minor, &name); i++)
        make_node(fs, name, DEVICE(major, minor));
    for (size_t i = 0; i < ARRAY_SIZE(links); i++)
        make(fs, links[i][0], &(struct new_inode){.mode = S_IFLNK | 0777, .target = links[i][1]});
    klog("dev: hostio ready");
}
