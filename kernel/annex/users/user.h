/* The users that the kernel counts for. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include "vfs.h"

int cred_set_user(struct cred *cred); /* sets `user` after a change of uid. 0 or -EAGAIN */
