/* Renames with rare flags. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include "vfs/local.h"

/* annex_hooks.rename_rare. */
int rename_rare(struct fs_context *fs, struct renaming *r);
