/* Settings of a process. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <abi/prctl.h>

int prctl(int option, ...);
