/* The user and the group whose rights count for files. */
#pragma once

#include <abi/types.h>

int setfsuid(uid_t uid);
int setfsgid(gid_t gid);
