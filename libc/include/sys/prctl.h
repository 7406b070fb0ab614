/* Settings of a process. */
#pragma once

#include <abi/prctl.h>

int prctl(int option, ...);
