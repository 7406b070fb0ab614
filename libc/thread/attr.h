/* What a thread has that was made without attributes. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <pthread.h>

/* Memory is only taken where a stack is touched; so it may be as large as a main thread's. */
#define ATTR_USUAL                                    \
    {                                                 \
        .__stack_size = 8 << 20, .__guard_size = 4096 \
    }
