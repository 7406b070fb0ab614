/* The registers of a traced thread. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <abi/ptrace.h>
