/* The name of the system. */
#pragma once

#include <abi/utsname.h>

int uname(struct utsname *name);
