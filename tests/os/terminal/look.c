/* Says what the os module says of a terminal, for the test beside it. */
/* SPDX-License-Identifier: MIT */
#include <os.h>
#include <string.h>

int main(void)
{
    struct os_terminal_size size = os.get_terminal_size(1);
    char *name = os.ttyname(0);
    printf("isatty %d %d %d\n", os.isatty(0), os.isatty(1), os.isatty(2));
    printf("size %d %d\n", size.columns, size.lines);
    printf("ttyname %d %d\n", name && strncmp(name, "/dev/", 5) == 0,
           name && os.stat(name).st_rdev == os.fstat(0).st_rdev);
    free(name);
    printf("group %d\n", os.tcgetpgrp(0) == os.getpgrp());
    int tty = os.open("/dev/tty", O_RDWR);
    printf("/dev/tty %d %d\n", tty >= 0, os.isatty(tty));
    printf("inheritable %d\n", os.get_inheritable(tty));
    fflush(stdout);

    /* A child becomes the foreground group, then we are again. */
    signal(SIGTTOU, SIG_IGN);
    pid_t child = os.fork();
    if (child == 0) {
        int status = os.setpgid(0, 0) < 0 || os.tcsetpgrp(tty, os.getpid()) < 0 ||
                     os.tcgetpgrp(tty) != os.getpid();
        os._exit(status);
    }
    printf("child %d\n", os.waitpid(child, 0).status);
    printf("back %d %d\n", os.tcsetpgrp(tty, os.getpgrp()), os.tcgetpgrp(0) == os.getpgrp());
    printf("no such group %d", os.tcsetpgrp(tty, 0x3ffffff));
    printf(" %s\n", os.error_name(errno));
    os.close(tty);
    return 0;
}
