/* The procfs room: /proc and /sys, which read all rooms below and change almost nothing. */
#pragma once

#include "vfs.h"

struct filesystem *procfs_create(void); /* NULL when out of memory */
struct filesystem *sysfs_create(void);  /* likewise; all processors are started by then */
/* What /proc/cmdline shows; the string stays. Called by boot, before any program runs. */
void procfs_set_command_line(const char *line);
