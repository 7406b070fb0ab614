/* Character devices: which driver opens a device number, and the way to FIFOs. */
#include "abi/sysmacros.h"
#include "local.h"

#define MAX_DEVICES 32

/* Filled while the kernel starts, then constant. */
static struct device {
    uint32_t major, minor;
    const char *name;
    int (*open)(struct inode *inode, struct file *file);
} devices[MAX_DEVICES];
static unsigned n_devices;

int (*vfs_fifo_open)(struct inode *inode, struct file *file);

int device_register(uint32_t major, uint32_t minor, const char *name,
                    int (*open)(struct inode *inode, struct file *file))
{
    if (n_devices == MAX_DEVICES)
        return -ENOMEM;
    devices[n_devices++] = (struct device){major, minor, name, open};
    return 0;
}

bool device_at(unsigned index, uint32_t *major, uint32_t *minor, const char **name)
{
    if (index >= n_devices)
        return false;
    *major = devices[index].major;
    *minor = devices[index].minor;
    *name = devices[index].name;
    return true;
}

int device_open(struct inode *inode, struct file *file)
{
    for (unsigned i = 0; i < n_devices; i++)
        if (DEVICE(devices[i].major, devices[i].minor) == inode->rdev)
            return devices[i].open(inode, file);
    return -ENXIO;
}
