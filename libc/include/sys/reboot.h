/* Switching the machine off. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <abi/reboot.h>

int reboot(int command);
