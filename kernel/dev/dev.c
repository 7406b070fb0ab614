/* Starts all devices and makes their names in /dev, with Linux's numbers and permissions. */
/* SPDX-License-Identifier: MIT */
#include "abi/errno.h"
#include "abi/stat.h"
#include "abi/sysmacros.h"
#include "devices.h"

/* Makes a name, unless the root's archive has it already. */
static void make(struct fs_context *fs, const char *path, const struct new_inode *what)
{
    int err = vfs_make(fs, path, what);
    if (err && err != -EEXIST)
        panic("cannot make %s: error %d", path, -err);
}

static void make_node(struct fs_context *fs, const struct device *device)
{
    char path[32];
    struct new_inode node = {.mode = S_IFCHR | device->permissions,
                             .gid = device->gid,
                             .rdev = DEVICE(device->major, device->minor)};
    format(path, sizeof(path), "/dev/%s", device->name);
    make(fs, path, &node);
}

void dev_init(struct fs_context *fs, const char *console)
{
    const struct device *device;
    memory_devices_init();
    serial_tty_init();
    tty_init_devices(console);
    make(fs, "/dev", &(struct new_inode){.mode = S_IFDIR | 0755});
    make(fs, "/dev/shm", &(struct new_inode){.mode = S_IFDIR | 01777}); /* shm_open, sem_open */
    for (unsigned i = 0; (device = device_at(i)); i++)
        make_node(fs, device);
    klog("dev: ready");
}
