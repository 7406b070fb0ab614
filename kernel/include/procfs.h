/* The procfs room: /proc, which reads all rooms below and changes almost nothing. */
#pragma once

#include "vfs.h"

struct filesystem *procfs_create(void); /* NULL when out of memory */
