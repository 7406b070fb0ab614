/* The contexts of programs, which ucontext.h describes. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <ucontext.h>
