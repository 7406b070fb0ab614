/* Sockets: as much as it takes to refuse one. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include "abi/fcntl.h"

#define AF_MAX         46
#define SOCK_MAX       11
#define SOCK_TYPE_MASK 0xf
#define SOCK_CLOEXEC   O_CLOEXEC
#define SOCK_NONBLOCK  O_NONBLOCK
