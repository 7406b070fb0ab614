/* The numbers of the system calls, for syscall(). */
#pragma once

#include <syscall_numbers.h>
