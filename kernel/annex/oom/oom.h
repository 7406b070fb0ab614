/* What the files of the annex oom share. */
#pragma once

#include "proc.h"

/* /proc/PID/oom_score: how likely it is killed when memory is out, 0 (never) to about 2000. Takes
 * Lock: exec_lock held. */
int process_oom_score(struct process *process);
/* -1000 (never killed) to 1000; below the former minimum only with privilege, which also sets a
 * minimum anew. 0 or -EACCES. */
int process_set_oom(struct process *process, int adjustment, bool privileged, bool as_minimum);
