/* The hooks, empty: boot and the annexes fill them in. */
/* SPDX-License-Identifier: MIT */
#include "hooks.h"

struct hooks hooks;
struct annex_hooks annex_hooks;
