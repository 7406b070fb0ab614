/* Conversions of time, and the choice among measurements of it. */
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

bool rounds_agree(const uint64_t *rounds, size_t n, size_t *best)
{
    size_t n_agreeing = 0;
    for (size_t i = *best = 0; i < n; i++)
        *best = rounds[i] < rounds[*best] ? i : *best;
    for (size_t i = 0; i < n; i++)
        n_agreeing += rounds[i] - rounds[*best] <= rounds[*best] / 100;
    return n_agreeing >= 3;
}
