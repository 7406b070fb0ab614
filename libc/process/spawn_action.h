/* One thing that a spawned child does with its descriptors before exec. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <sys/types.h>

enum spawn_kind { SPAWN_OPEN, SPAWN_CLOSE, SPAWN_DUP2, SPAWN_CHDIR, SPAWN_FCHDIR };

struct spawn_action {
    enum spawn_kind kind;
    int fd, new_fd;
    int flags;
    mode_t mode;
    char *path; /* a copy that belongs to this structure */
};
