/* tmpfile: a file without a name, which is freed when it is closed. */
/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>
#include "syscall.h"

FILE *tmpfile(void)
{
    char path[] = "/tmp/tmpfileXXXXXX";
    int fd = mkstemp(path);

    if (fd < 0)
        return NULL;
    sys_unlink(path);
    FILE *file = fdopen(fd, "w+");
    if (!file)
        sys_close(fd);
    return file;
}
