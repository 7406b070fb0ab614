/* One piece of a scattered read or write. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <abi/types.h>

#define UIO_MAXIOV 1024

/* A user's iov_base is an address for the kernel, never a pointer: it casts it to uaddr_t. */
struct iovec {
    void *iov_base;
    size_t iov_len;
};

_Static_assert(sizeof(struct iovec) == 16, "struct iovec");

#define RWF_HIPRI    0x01
#define RWF_DSYNC    0x02
#define RWF_SYNC     0x04
#define RWF_NOWAIT   0x08
#define RWF_APPEND   0x10
#define RWF_NOAPPEND 0x20
