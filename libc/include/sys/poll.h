/* An older name of poll.h. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <poll.h>
