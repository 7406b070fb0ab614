/* Switching the machine off. */
#pragma once

#include <abi/reboot.h>

int reboot(int command);
