/* Processor time of a process and its children. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <abi/times.h>

clock_t times(struct tms *times);
