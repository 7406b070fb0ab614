/* Character devices: which driver opens which device number.
 *
 * A device file is an inode with a number, major and minor, and no contents. Opening it looks up
 * the driver of that number, which gives the open file its operations; from then on reads and
 * writes go to the driver. So a device can have several names, in any file system. */
/* SPDX-License-Identifier: MIT */
#include "abi/sysmacros.h"
#include "local.h"

#define MAX_DEVICES 32

/* Constant after the start. */
static struct device devices[MAX_DEVICES];
static unsigned n_devices;

int device_register(const struct device *device)
{
    if (n_devices == MAX_DEVICES)
        return -ENOMEM;
    devices[n_devices++] = *device;
    return 0;
}

const struct device *device_at(unsigned index)
{
    return index < n_devices ? &devices[index] : NULL;
}

int device_open(struct inode *inode, struct file *file)
{
    for (unsigned i = 0; i < n_devices; i++)
        if (DEVICE(devices[i].major, devices[i].minor) == inode->rdev)
            return devices[i].open(inode, file);
    return -ENXIO;
}
