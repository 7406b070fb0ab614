/* The numbers of the system calls, for syscall(). */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <syscall_numbers.h>
