/* An older name of sys/statfs.h. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <sys/statfs.h>
