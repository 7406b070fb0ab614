/* What the files of the annex oom share. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include "proc.h"

/* How likely the process is killed when memory is out, from 0 (never) to about 2000, for
 * /proc/PID/oom_score. Takes exec_lock. */
int process_oom_score(struct process *process);
/* Sets oom_score_adj, from -1000 (never killed) to 1000. A value below the minimum needs privilege,
 * which also sets a new minimum if `as_minimum` is set. 0 or -EACCES. */
int process_set_oom(struct process *process, int adjustment, bool privileged, bool as_minimum);
