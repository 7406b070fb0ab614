/* Files with holes: what lseek does with a file of ramfs. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include "ramfs/local.h"

/* file_ops.seek that knows where the file has holes (SEEK_DATA, SEEK_HOLE). */
long holes_seek(struct file *open, int64_t offset, int whence);
