/* Requests to devices. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <abi/termios.h>

int ioctl(int fd, unsigned long request, ...);
