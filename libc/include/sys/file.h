/* Locks on whole files. */
#pragma once

#include <abi/fcntl.h>

int flock(int fd, int operation);
