/* The number of the last error, and the names of the numbers. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <abi/errno.h>

extern int errno;
#define errno errno

extern char *program_invocation_name;
extern char *program_invocation_short_name;
