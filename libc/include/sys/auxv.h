/* The auxiliary vector: what the kernel tells a program when it starts. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <abi/auxvec.h>

unsigned long getauxval(unsigned long type);
