/* sleep and usleep. */
/* SPDX-License-Identifier: MIT */
#include <time.h>
#include <unistd.h>
#include "syscall.h"

unsigned int sleep(unsigned int seconds)
{
    struct timespec time = {seconds, 0};

    if (sys_nanosleep(&time, &time) < 0)
        return (unsigned int)time.tv_sec + (time.tv_nsec >= 500000000);
    return 0;
}

int usleep(useconds_t microseconds)
{
    struct timespec time = {microseconds / 1000000, (long)(microseconds % 1000000) * 1000};

    return (int)syscall_ret(sys_nanosleep(&time, NULL));
}
