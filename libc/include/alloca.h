/* Memory in the caller's own frame. */
#pragma once

#include <stddef.h>

#define alloca(size) __builtin_alloca(size)
