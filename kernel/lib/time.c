/* Conversions of time: seconds and parts of a second to nanoseconds. */
/* SPDX-License-Identifier: MIT */
#include "lib.h"

bool time_to_ns(int64_t seconds, int64_t rest_ns, uint64_t *ns)
{
    if (seconds < 0 || rest_ns < 0 || rest_ns >= (int64_t)NS_PER_SECOND)
        return false;
    bool far = (uint64_t)seconds >= UINT64_MAX / 4 / NS_PER_SECOND;
    *ns = far ? UINT64_MAX : (uint64_t)seconds * NS_PER_SECOND + (uint64_t)rest_ns;
    return true;
}
