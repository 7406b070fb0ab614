/* /proc/PID/limits: the resource limits of a process, as a table. */
/* SPDX-License-Identifier: MIT */
#include "nodes.h"

static const struct {
    const char *name, *unit;
} limits[RLIM_NLIMITS] = {
    [RLIMIT_CPU] = {"Max cpu time", "seconds"},
    [RLIMIT_FSIZE] = {"Max file size", "bytes"},
    [RLIMIT_DATA] = {"Max data size", "bytes"},
    [RLIMIT_STACK] = {"Max stack size", "bytes"},
    [RLIMIT_CORE] = {"Max core file size", "bytes"},
    [RLIMIT_RSS] = {"Max resident set", "bytes"},
    [RLIMIT_NPROC] = {"Max processes", "processes"},
    [RLIMIT_NOFILE] = {"Max open files", "files"},
    [RLIMIT_MEMLOCK] = {"Max locked memory", "bytes"},
    [RLIMIT_AS] = {"Max address space", "bytes"},
    [RLIMIT_LOCKS] = {"Max file locks", "locks"},
    [RLIMIT_SIGPENDING] = {"Max pending signals", "signals"},
    [RLIMIT_MSGQUEUE] = {"Max msgqueue size", "bytes"},
    [RLIMIT_NICE] = {"Max nice priority", ""},
    [RLIMIT_RTPRIO] = {"Max realtime priority", ""},
    [RLIMIT_RTTIME] = {"Max realtime timeout", "us"},
};

static void add_limit(struct text *text, rlim_t limit)
{
    if (limit == RLIM_INFINITY)
        text_add(text, "%-20s ", "unlimited");
    else
        text_add(text, "%-20lu ", limit);
}

int proc_text_limits(struct text *text, const struct proc_inode *of)
{
    struct rlimit all[RLIM_NLIMITS];
    spin_lock(&of->process->signal_lock);
    memcpy(all, of->process->limits, sizeof(all));
    spin_unlock(&of->process->signal_lock);
    text_add(text, "%-25s %-20s %-20s %-10s\n", "Limit", "Soft Limit", "Hard Limit", "Units");
    for (int i = 0; i < RLIM_NLIMITS; i++) {
        text_add(text, "%-25s ", limits[i].name);
        add_limit(text, all[i].rlim_cur);
        add_limit(text, all[i].rlim_max);
        text_add(text, *limits[i].unit ? "%-10s\n" : "%s\n", limits[i].unit);
    }
    return 0;
}
