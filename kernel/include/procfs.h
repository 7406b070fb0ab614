/* The procfs room: /proc, which reads all rooms below and changes almost nothing. */
#pragma once

#include "vfs.h"

struct filesystem *procfs_create(void); /* NULL when out of memory */
/* What /proc/cmdline shows; the string stays. Called by boot, before any program runs. */
void procfs_set_command_line(const char *line);
