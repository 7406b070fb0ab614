/* Tracing other threads: requests, options and events are the kernel's. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <abi/ptrace.h>
#include <sys/types.h>

/* The word that a PTRACE_PEEK* request reads is its result: clear errno before. */
long ptrace(long request, ...);
