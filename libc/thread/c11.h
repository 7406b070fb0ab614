/* <threads.h>: its functions are those of <pthread.h> with other names for the results. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <errno.h>
#include <threads.h>

static inline int result_of(int error)
{
    switch (error) {
    case 0: return thrd_success;
    case EBUSY: return thrd_busy;
    case ENOMEM: return thrd_nomem;
    case ETIMEDOUT: return thrd_timedout;
    default: return thrd_error;
    }
}
