/* Memory in the caller's own frame. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stddef.h>

#define alloca(size) __builtin_alloca(size)
