/* The layout of programs: file header, segments, sections. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <abi/elf.h>
