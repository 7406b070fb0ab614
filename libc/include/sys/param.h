/* Limits and small macros under BSD's names. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <limits.h>
#include <abi/types.h>

#define MAXPATHLEN       PATH_MAX
#define MAXHOSTNAMELEN   HOST_NAME_MAX
#define NOFILE           256
#define HZ               100
#define MIN(a, b)        ((a) < (b) ? (a) : (b))
#define MAX(a, b)        ((a) > (b) ? (a) : (b))
#define howmany(n, size) (((n)-1 + (size)) / (size))
#define roundup(n, size) (howmany(n, size) * (size))
