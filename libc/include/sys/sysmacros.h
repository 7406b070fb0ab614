/* The two halves of a device number. They are functions, because macros would also replace
 * os.major. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <abi/sysmacros.h>

static inline unsigned int major(dev_t dev)
{
    return MAJOR_OF(dev);
}

static inline unsigned int minor(dev_t dev)
{
    return MINOR_OF(dev);
}

static inline dev_t makedev(unsigned int major, unsigned int minor)
{
    return DEVICE(major, minor);
}
