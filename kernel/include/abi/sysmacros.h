/* How a device's major and minor number are packed into a dev_t. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <abi/types.h>

/* clang-format off */

#define MAJOR_OF(dev) ((unsigned int)(((dev) >> 8 & 0xfff) | ((dev) >> 32 & ~0xfffU)))
#define MINOR_OF(dev) ((unsigned int)(((dev) & 0xff) | ((dev) >> 12 & ~0xffU)))
#define DEVICE(major, minor) \
    (((dev_t)(major) & 0xfffff000UL) << 32 | ((dev_t)(major) & 0xfffUL) << 8 | \
     ((dev_t)(minor) & 0xffffff00UL) << 12 | ((dev_t)(minor) & 0xffUL))
