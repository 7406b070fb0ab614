/* What the annex files gives to others. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include "vfs.h"

/* annex_hooks.drop_privileges. */
void files_drop_privileges(struct fs_context *fs, struct inode *inode);
