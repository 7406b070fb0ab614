/* daemon: continues the program in the background. */
/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <unistd.h>

int daemon(int stay, int keep)
{
    pid_t pid = fork();

    if (pid < 0)
        return -1;
    if (pid > 0)
        _exit(0);
    if (setsid() < 0 || (!stay && chdir("/") < 0))
        return -1;
    if (!keep) {
        int fd = open("/dev/null", O_RDWR);

        if (fd < 0)
            return -1;
        for (int i = 0; i < 3; i++)
            dup2(fd, i);
        if (fd > 2)
            close(fd);
    }
    return 0;
}
