/* What the kernel told this program when it started. */
#pragma once

#include <abi/auxvec.h>

unsigned long getauxval(unsigned long type);
