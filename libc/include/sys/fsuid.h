/* The user and the group that decide about access to files. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <abi/types.h>

int setfsuid(uid_t uid);
int setfsgid(gid_t gid);
