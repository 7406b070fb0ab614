/* Times of files in seconds with a fraction: os.path.getatime, getmtime, getctime. */
/* SPDX-License-Identifier: MIT */
#include "os_internal.h"

static double seconds(struct os_stat_result st, struct timespec time)
{
    return st.st_mode ? (double)time.tv_sec + 1e-9 * (double)time.tv_nsec : -1;
}

double os_path_getatime(const char *path)
{
    struct os_stat_result st = os_stat(path);

    return seconds(st, st.st_atim);
}

double os_path_getmtime(const char *path)
{
    struct os_stat_result st = os_stat(path);

    return seconds(st, st.st_mtim);
}

double os_path_getctime(const char *path)
{
    struct os_stat_result st = os_stat(path);

    return seconds(st, st.st_ctim);
}
