/* An older name of poll.h. */
#pragma once

#include <poll.h>
