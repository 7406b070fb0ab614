/* touch FILE...: makes empty files, or sets the times of existing ones to now, by os.open() and
 * os.utime(). */
/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <os.h>
#include <stdio.h>

int main(int argc, char **argv)
{
    int failures = 0;
    for (int i = 1; i < argc; i++) {
        int fd = os.open(argv[i], O_WRONLY | O_CREAT, 0666);
        if (fd < 0 || os.utime(argv[i], NULL) < 0) {
            os.perror(argv[i]);
            failures = 1;
        }
        if (fd >= 0)
            os.close(fd);
    }
    return failures;
}
